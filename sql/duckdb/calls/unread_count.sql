-- How many texts could not be read.
-- reads: unread_texts
select count(text) as unread
from unread_texts
