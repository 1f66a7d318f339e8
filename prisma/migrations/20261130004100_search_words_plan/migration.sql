-- In a language that is not put into the statement, so that its cost counts: without statistics a plan made the words of every customer.
create or replace function tw_words(p_id text, p_email text, p_name text) returns tsvector language plpgsql immutable parallel safe cost 2000 as $$
begin
  return array_to_tsvector(array_remove(string_to_array(translate(lower(p_id || ' ' || coalesce(p_email, '') || ' ' || coalesce(p_name, '')),
    E'@._-+/,:;()\t', '            '), ' '), ''));
end $$;
