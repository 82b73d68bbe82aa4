-- Takes back what was loaded of one file: its rows become blank.
-- params: $file BIGINT
update /* table */
set
    entry = null,
    unread = null
where /* file */ = $file
