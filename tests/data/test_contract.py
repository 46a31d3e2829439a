import pytest

WRONG_COLUMN = [
    ("columns.SEX.levels", {}, "columns.SEX.levels", "a category needs its levels"),
    ("columns.AGE.levels", ["a"], "columns.AGE.levels", "found on a number; expected on a category only"),
    ("columns.AGE.ordered", True, "columns.AGE.levels", "found on a number; expected on a category only"),
    ("columns.SEX.max", 1, "columns.SEX.min", "found on a category; expected on a number only"),
    ("columns.AGE.min", 200, "columns.AGE.min", "found 200, above max 120"),
    ("columns.SEX.monotone", 1, "columns.SEX.monotone", "without an order; add `ordered: true`"),
    ("columns.AGE.monotone", 2, "columns.AGE.monotone", "found 2; input should be -1, 0 or 1"),
    ("columns.AGE.type", "text", "columns.AGE.type", "found 'text'; input should be 'number' or 'category'"),
    ("columns.AGE.role", "secret", "columns.AGE.role", "found 'secret'; input should be 'input', 'protected'"),
    ("columns.AGE.min", "low", "columns.AGE.min", "found 'low'; input should be a valid number"),
    ("columns.AGE.max", float("nan"), "columns.AGE.max", "found nan; input should be a finite number"),
    ("columns.AGE.mni", 1, "columns.AGE.mni", "unknown key (did you mean min?); expected type, role"),
    ("columns.AGE.type", ..., "columns.AGE.type", "required key is not there"),
    ("columns.SEX.levels", ["1", "1.0", "2"], "columns.SEX.levels", "1 and 1.0 are read as one"),
    ("columns.SEX.levels", 7, "columns.SEX.levels", "found 7; input should be a valid dictionary"),
]
WRONG_KEY = [
    ("name", "My data", "name", "found 'My data'; string should match pattern"),
    ("amount", ..., "amount", "required key is not there"),
    ("amuont", "AGE", "amuont", "unknown key (did you mean amount?); expected name, source"),
    ("amount", "SEX", "amount", "found 'SEX'; expected the name of a number under columns"),
    ("amount", "LIMIT", "amount", "found 'LIMIT'; expected the name of a number under columns"),
    ("id", "AGE", "id", "'AGE' also stands under columns"),
    ("date", "AGE", "date", "'AGE' also stands under columns"),
    ("target.column", "AGE", "target.column", "'AGE' also stands under columns"),
    ("target.bad", [1], "target.bad", "found [1]; input should be a valid string"),
    ("target.bad", 0, "target.bad", "found '0', which is also good"),
    ("target.bad", "0.0", "target.bad", "found '0.0', which is also good"),
    ("id", "", "id", "found an empty name; expected a column's name"),
    ("date", "", "date", "found an empty name"),
    ("target.column", "", "target.column", "found an empty name"),
    ("id", "bad", "columns", "the name 'bad' is taken"),
    ("columns.bad", {"type": "number"}, "columns", "the name 'bad' is taken"),
    ("quarantine.max_share", 1.5, "quarantine.max_share", "found 1.5; input should be less than or equal to 1"),
    ("quarantine.min_rows", 0, "quarantine.min_rows", "found 0; input should be greater than or equal to 1"),
]
WRONG_EXPRESSION = [
    ("derived.AGE", {"expression": "PAY_0"}, "derived.AGE", "has the name of a column"),
    ("derived.ID", {"expression": "PAY_0"}, "derived.ID", "has the name of a column"),
    ("derived.two words", {"expression": "PAY_0"}, "derived.two words", "expected a name of letters, digits"),
    ("derived.utilisation.expression", "1 / LIMIT", "derived.utilisation.expression", "reads LIMIT, which is not"),
    ("derived.utilisation.expression", "AGE", "derived.utilisation.expression", "reads AGE, whose role is protected"),
    ("derived.utilisation.expression", "ID", "derived.utilisation.expression", "reads ID, which is not a column"),
    ("columns.BILL_AMT1.role", "after_decision", "derived.utilisation.expression", "whose role is after_decision"),
    ("thin_file.expression", "AGE < 20", "thin_file.expression", "reads AGE, whose role is protected"),
    ("thin_file.expression", "PAY_0 **", "thin_file.expression", "is not an expression; expected numbers"),
]
WRONG_AUDIT = [
    ("protected.age.column", "YEARS", "protected.age.column", "there is no column 'YEARS' under columns"),
    ("columns.AGE.role", "input", "columns.AGE.role", "found 'input'; expected 'protected'"),
    ("protected.age.bands", [], "protected.age.bands", "a number needs bands, a category has none"),
    ("protected.sex.bands", [1], "protected.sex.bands", "a number needs bands, a category has none"),
    ("protected.age.bands", [35, 25], "protected.age.bands", "found [35.0, 25.0]; expected rising values"),
    ("protected.age.reference", "old", "protected.age.reference", "found 'old'; expected one of under_25, 25_to_35"),
    ("protected.sex.reference", "unknown", "protected.sex.reference", "found 'unknown'; expected one of male, female"),
]
BASELINE = "reasons.credit_limit.baseline"
WRONG_REASON = [
    (f"{BASELINE}.AGE", "AGE", f"{BASELINE}.AGE", "expected an input column"),
    (f"{BASELINE}.PAY_0", "0", f"{BASELINE}.PAY_0", "already stands under reasons.late_payments"),
    (f"{BASELINE}.LIMIT_BAL", "AGE", f"{BASELINE}.LIMIT_BAL", "reads AGE, whose role is protected"),
    (BASELINE, {}, "reasons", "LIMIT_BAL under no reason; expected every input column under one"),
]


@pytest.mark.parametrize(
    ("key", "value", "path", "words"), WRONG_COLUMN + WRONG_KEY + WRONG_EXPRESSION + WRONG_AUDIT + WRONG_REASON
)
def test_a_contradiction_is_refused_with_its_path(refusal, key, value, path, words):
    message = refusal(f"data.{key}", value)
    assert message.startswith(f"params.yaml: data.{path}: ")
    assert words in message


def test_a_baseline_must_be_a_level_of_its_category(refusal):
    message = refusal("data.reasons.purpose.baseline.purpose", "yacht", data="german")
    assert "data.reasons.purpose.baseline.purpose: found 'yacht'; expected one of radio/tv, new car" in message


def test_protected_columns_are_no_features(taiwan):
    assert not {"SEX", "EDUCATION", "MARRIAGE", "AGE"} & set(taiwan.features)
    assert taiwan.features == (*taiwan.inputs, *taiwan.derived)


def test_the_header_lists_id_columns_and_outcome(taiwan, german):
    assert (taiwan.header[0], taiwan.header[-1], len(taiwan.header)) == ("ID", "default payment next month", 25)
    assert (german.header[0], german.id_name) == ("checking_status", "row")


def test_levels_are_texts_and_several_can_mean_one(taiwan):
    assert taiwan.target.bad == "1"
    assert taiwan.columns["EDUCATION"].values == ("graduate_school", "university", "high_school", "other")


def test_a_feature_without_words_is_called_by_its_name(taiwan):
    assert taiwan.label("PAY_0") == "repayment status in September"
    assert taiwan.label("headroom") == "part of the limit that is free"
    column = taiwan.columns["PAY_0"].model_copy(update={"label": ""})
    assert taiwan.model_copy(update={"columns": {**taiwan.columns, "PAY_0": column}}).label("PAY_0") == "PAY_0"
