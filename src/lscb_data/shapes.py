"""The rows of child-level returns as staging has them: what the measures of child protection are counted from."""

_HEAD = {
    "submission_id": "varchar",
    "sheet": "varchar",
    "row": "bigint",
    "accepted": "boolean",
    "area_code": "varchar",
    "child": "uuid",
}
_PLAN = _HEAD | {
    "sex": "varchar", "ethnicity": "varchar", "birth_month": "date", "age_at_start": "integer", "age_at_end": "integer",
    "disability": "varchar", "started": "date", "ended": "date", "category_initial": "varchar", "category_latest": "varchar",
    "previous_plans": "bigint", "transfer_in": "varchar",
}  # fmt: skip
_ENQUIRY = _HEAD | {"enquiry_started": "date", "conference": "date", "conference_not_required": "varchar"}
RECORDS = {
    "csc__annex_a_list_7": _PLAN | {"latest_review": "date"},
    "csc__annex_a_list_5": _ENQUIRY,
    "csc__cin_census__plans": _PLAN | {"referred": "date"},
    "csc__cin_census__enquiries": _ENQUIRY | {"referred": "date"},
    "csc__cin_census__reviews": _HEAD | {"started": "date", "reviewed": "date"},
    "csc__cin_census__children": _HEAD
    | {"sex": "varchar", "ethnicity": "varchar", "birth_month": "date", "disability": "varchar"},
    "csc__cin_census__assessments": _HEAD | {"referred": "date", "assessment_started": "date", "authorised": "date"},
}
