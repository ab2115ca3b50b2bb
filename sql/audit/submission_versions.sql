-- One row per version of what a submission is worth: from one load until the load that changed it.
-- standing: accepted (it stands), superseded, refused or withdrawn; no longer held where `raw/` has it no more
-- contract_sha256: of the contract that it was read by
-- known_from: when that load was published, in UTC
-- known_until: when another version took its place; blank for the one that stands
with known_before as (
    select * from staging.submissions_known
),

submissions as (
    select * from conformed.submissions
),

build as (
    select * from staging.build
),

known_last as (
    select * from staging.submissions_known_last
),

changed as (
    select
        submissions.submission_id,
        submissions."return",
        submissions.period,
        submissions.file,
        submissions.sha256,
        submissions.contract_sha256,
        submissions.standing,
        submissions.rows_received,
        submissions.rows_accepted,
        submissions.rows_rejected,
        submissions.withdrawn_for
    from submissions
    except
    select * from known_last
),

gone as (
    select known_last.*
    from known_last
    where
        known_last.standing <> 'no longer held'
        and not exists (
            select 1 as there_is from submissions
            where known_last.submission_id = submissions.submission_id
        )
),

versions as (
    select * from known_before
    union all
    select
        changed.*,
        build.built_at as known_from
    from changed
    cross join build
    union all
    select
        gone.submission_id,
        gone."return",
        gone.period,
        gone.file,
        gone.sha256,
        gone.contract_sha256,
        'no longer held' as standing,
        gone.rows_received,
        gone.rows_accepted,
        gone.rows_rejected,
        gone.withdrawn_for,
        build.built_at as known_from
    from gone
    cross join build
)

select
    submission_id,
    "return",
    period,
    file,
    sha256,
    contract_sha256,
    standing,
    rows_received,
    rows_accepted,
    rows_rejected,
    withdrawn_for,
    known_from,
    lead(known_from) over (partition by submission_id order by known_from) as known_until
from versions
order by submission_id, known_from
