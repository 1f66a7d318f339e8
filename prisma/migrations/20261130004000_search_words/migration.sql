-- Customers are found by the beginning of any word of their id, email or name too, not only of the whole. Trigrams would find any part, but make an
-- import slower by a sixth; words cost it a few percent, as they take the place of the index over whole names. The index is over the columns that follow
-- the traits, so that a change of another trait writes nothing to it.

-- Words are what stands between spaces and @ . _ - + / , : ; ( ). Said twice: an index may not call a function that calls another by its bare name.
-- Costly, so that no plan makes them for every row.
create function tw_words(p_id text, p_email text, p_name text) returns tsvector language sql immutable parallel safe cost 2000 as $$
  select array_to_tsvector(array_remove(string_to_array(translate(lower(p_id || ' ' || coalesce(p_email, '') || ' ' || coalesce(p_name, '')),
    E'@._-+/,:;()\t', '            '), ' '), ''))
$$;

-- Every word of a text begins a word; null of one without words.
create function tw_words_begin(p_text text) returns tsquery language sql immutable parallel safe as $$
  select string_agg('''' || replace(replace(word, '\', '\\'), '''', '''''') || ''':*', ' & ')::tsquery
  from unnest(string_to_array(translate(lower(p_text), E'@._-+/,:;()\t', '            '), ' ')) word where word <> ''
$$;

-- New words are put aside and taken in together: the more together, the cheaper.
create index customer_by_word on customer using gin (tw_words(id, search_email, search_name)) with (gin_pending_list_limit = 16384);
drop index customer_by_name;
