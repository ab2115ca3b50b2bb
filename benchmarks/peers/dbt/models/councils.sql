select distinct code from {{ ref('spellings') }} where list = 'councils'
