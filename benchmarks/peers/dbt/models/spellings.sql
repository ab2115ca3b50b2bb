select list, word, code from read_csv('{{ var("spellings_csv") }}', header = true, all_varchar = true)
