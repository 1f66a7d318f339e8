-- What a vendor tells of a message is found by the vendor's id of it, where it does not carry our key.
create index delivery_vendor_id on delivery (destination_id, vendor_id) where vendor_id is not null;

-- Who answers a text message is known by their number alone: of the messages to it, by the newest.
create index delivery_content_phone on delivery_content ((fields ->> 'to'), at desc) where fields ->> 'to' like '+%';
