-- The texts that a column's values could not be read from, of a group's files.
-- reads: a table of lines as they are read
select unread[/* position */] as text
from /* lines */
