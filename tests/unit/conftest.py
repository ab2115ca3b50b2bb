"""A Board's folder with a warehouse of a few rows, made by hand: what the commands read, without a load."""

from pathlib import Path

import duckdb
import pytest

BUILD = "20150630T120000000000Z.duckdb"
CELLS = "2014-15-Q2/csc/child-protection.xlsx!Subsequent plans!"

TABLES = f"""
create schema staging; create schema conformed; create schema published; create schema audit;
create table published.indicators as
    select
        'cp_reregistration_percent' as indicator, 'Second or subsequent plans' as title, 'percent' as kind,
        'percent' as unit, ['cp_reregistrations'] as numerator, ['cp_plans_started'] as denominator,
        'Of all plans started' as definition, 'Annual report' as source, null::varchar as caveats
    union all
    select 'cp_plans_open_per_10000', 'Open plans', 'rate', 'per 10,000', ['cp_plans_open'], [], 'Open', 'DfE', null;
comment on table published.indicators is 'One row per indicator';
comment on column published.indicators.title is 'Its name for people';
create table published.indicator_values as
    select
        'cp_reregistration_percent' as indicator, 'E10000003' as area_code, 'Cambridgeshire' as area,
        null::varchar as provider, 'month' as period_type, period, period_start,
        period_start + interval 1 month as period_end,
        null::varchar as breakdown_type, 'all' as breakdown, 'percent' as unit, numerator, denominator, value,
        as_printed, status, null::varchar as qualifier, null::varchar as note, null::varchar as population_id,
        null::varchar as cell
    from (values
        ('2014-07', date '2014-07-01', 13, 32, 40.63::decimal(18, 2), 40.63::decimal(18, 2), 'reported'),
        ('2014-08', date '2014-08-01', null, null, null, null, 'suppressed')
    ) as v (period, period_start, numerator, denominator, value, as_printed, status)
    union all
    select
        'cp_plans_open_per_10000', 'E10000003', 'Cambridgeshire', null, 'date', '2015-03-31', date '2015-03-31',
        date '2015-03-31',
        null, 'all', 'per 10,000', 387, 131150, 29.51, 30.34, 'reported', null, null, 'mid-2014', null;
create table audit.lineage as
    select
        'cp_reregistration_percent' as indicator, 'E10000003' as area_code, null::varchar as provider,
        'month' as period_type, period,
        null::varchar as breakdown_type, 'all' as breakdown, 'csc.1' as submission_id, '{CELLS}' || a1 as cell, printed,
        of_what
    from (values
        ('2014-07', 'D5', '13', 'cp_reregistrations'), ('2014-07', 'B5', '32', 'cp_plans_started'),
        ('2014-08', 'D6', '3', 'cp_reregistrations')
    ) as v (period, a1, printed, of_what);
create table conformed.observations as
    select
        'csc.1' as submission_id, null::varchar as measure, 'cp_reregistration_percent' as prints, 'month' as period_type,
        '2014-07' as period,
        'E10000003' as area_code, null::varchar as provider, null::varchar as breakdown_type, 'all' as breakdown,
        '40.63%' as printed, 40.63 as value, '{CELLS}E5' as cell, 'accepted' as standing;
create table conformed.record_files as
    select 'plans.csv!plans' as cell, 'plans' as subject, 2 as rows, 'E10000003' as area_code, 'csc.2' as submission_id;
create table conformed.populations as
    select
        'mid-2014' as population_id, 131150 as population, '0-17' as age_range, 'all' as sex,
        date '2014-06-30' as reference_date, 2011 as census_base, 'ONS' as source;
create table staging.submissions as
    select
        'csc.1' as submission_id, 'csc__child_protection' as "return", 'csc' as agency, '2014-15 Q2' as period,
        'accepted' as standing, timestamptz '2015-01-01 12:00:00+00' as received_at;
create table audit.findings as
    select
        severity, 'csc__child_protection' as "return", '2014-15 Q2' as period, 'csc.1' as submission,
        'child-protection.xlsx' as file, 'Subsequent plans' as sheet, cell, 'percent_agrees' as code,
        message, 'Correct it.' as fix, 'f' || cell as finding_id, null::timestamptz as answered_at,
        null::varchar as explanation
    from (values ('query', 'E5', 'It is not the percentage.'), ('error', 'D6', 'It is 3.'))
        as v (severity, cell, message);
"""


@pytest.fixture(scope="session")
def small_board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; nobody changes it."""
    home = tmp_path_factory.mktemp("board")
    (home / "lscb.toml").write_text('name = "A Board"\narea = "E10000003"\narea_name = "Cambridgeshire"\n')
    (home / "raw").mkdir()
    (home / "warehouse" / "builds").mkdir(parents=True)
    (home / "warehouse" / "staging").mkdir()
    with duckdb.connect(home / "warehouse" / "builds" / BUILD) as connection:
        connection.execute(f"copy (select 1 as a) to '{home}/warehouse/staging/a.parquet'")
        connection.execute(TABLES)
        connection.execute(f"create view staging.a as from read_parquet('{home}/warehouse/staging/a.parquet')")
    (home / "warehouse" / "lscb.duckdb").symlink_to(Path("builds") / BUILD)
    return home
