select code from read_csv('{{ var("codes") }}/councils.csv', header = true, all_varchar = true)
