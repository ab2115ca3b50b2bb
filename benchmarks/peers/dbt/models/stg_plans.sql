{% set lists = {
    'sex': 'sex_of_child',
    'ethnicity': 'ethnicity',
    'disability': 'yes_no',
    'category_initial': 'category_of_abuse',
    'category_latest': 'category_of_abuse',
    'transfer_in': 'yes_no',
} %}
-- Typed as it is read: the quickest that DuckDB does, and what stops at the first cell that is no date.
-- A word that is on no list stays as it is, for the tests to find.
with rows_read as (
    select * from read_csv(
        '{{ var("plans_csv") }}',
        header = true, delim = ',', quote = '"', escape = '"', dateformat = '%d/%m/%Y',
        columns = {
            'area_code': 'varchar', 'child': 'varchar', 'sex': 'varchar', 'ethnicity': 'varchar', 'born': 'date',
            'disability': 'varchar', 'started': 'date', 'category_initial': 'varchar', 'category_latest': 'varchar',
            'reviewed': 'date', 'ended': 'date', 'previous_plans': 'integer', 'transfer_in': 'varchar', 'team': 'varchar'
        }
    )
)

select
    rows_read.area_code,
    rows_read.child,
    rows_read.born,
    rows_read.started,
    rows_read.reviewed,
    rows_read.ended,
    rows_read.previous_plans,
{%- for column, list in lists.items() %}
    coalesce({{ column }}_said.code, rows_read.{{ column }}) as {{ column }}{{ "," if not loop.last }}
{%- endfor %}
from rows_read
{%- for column, list in lists.items() %}
left join {{ ref('spellings') }} as {{ column }}_said
    on lower(trim(rows_read.{{ column }})) = {{ column }}_said.word and {{ column }}_said.list = '{{ list }}'
{%- endfor %}
