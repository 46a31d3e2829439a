"""`takeback approve`, and `takeback promote` where an environment asks for approvals."""

import pytest

from tests.bank import Bank
from tests.clones import set_values
from tests.signing import new_key

pytestmark = pytest.mark.long  # `make test` stays under ten minutes

PEOPLE = {"model_risk": ["ben@example.org"], "credit_head": ["cleo@example.org", "ben@example.org"]}
TAG = "approval/v1.1.0/model_risk"


@pytest.fixture
def governed(ada):
    """Two roles have to approve what comes to prod, and none what comes to canary."""
    govern(ada, approvers=PEOPLE, approvals={"prod": ["credit_head", "model_risk"]})
    return ada


def govern(bank, **values):
    set_values(bank, "conf/governance/default.yaml", **values)
    bank.takeback("compose")
    bank.commit("govern")
    bank.git("push -q origin main")


def approve(bank, role="model_risk", note="validated, see MR-117", version="v1.1.0", fails=False):
    return bank.takeback(f"approve {version} --role {role} --note", note, fails=fails)


def test_prod_waits_for_two_people_and_canary_does_not(governed):
    printed = governed.takeback("promote v1.1.0 --to prod", fails=True)
    assert "v1.1.0 is not approved for prod: credit_head has not approved; model_risk has not approved" in printed
    assert "`takeback approve v1.1.0 --role credit_head --note ...`" in printed
    assert "->" not in printed
    governed.takeback("promote v1.1.0 --to canary")
    ben, cleo = governed.colleague("Ben"), governed.colleague("Cleo")
    printed = approve(ben)
    assert printed.startswith(f"v1.1.0 is approved as model_risk ({TAG}, by Ben <ben@example.org>, ")
    assert "everybody sees it at origin" in printed
    assert "credit_head has not approved. Nothing" in governed.takeback("promote v1.1.0 --to prod", fails=True)
    approve(cleo, "credit_head", "in the committee of May")
    assert "prod is at v1.1.0" in governed.takeback("promote v1.1.0 --to prod")
    message = governed.git(f"cat-file tag {TAG}")
    assert f"Release-Object: {governed.git('rev-parse v1.1.0')}" in message
    assert "Note: validated, see MR-117" in message


def test_nobody_approves_twice(governed):
    ben = governed.colleague("Ben")
    approve(ben)
    before = ben.tags()
    assert "you have approved it as model_risk. Nobody approves twice" in approve(ben, "credit_head", fails=True)
    assert "is approved as model_risk already" in approve(ben)
    assert ben.tags() == before
    ben.git("tag -a approval/v1.1.0/credit_head v1.1.0^{} -m", forged(ben, "credit_head"))
    ben.git("push -q origin approval/v1.1.0/credit_head")
    printed = governed.takeback("promote v1.1.0 --to prod", fails=True)
    assert "nobody approves twice" in printed


def forged(bank, role, version="v1.1.0", release="v1.1.0"):
    trailers = {"Approval": version, "Role": role, "Release-Object": bank.git(f"rev-parse {release}"), "Note": "x"}
    return f"{version} approved as {role}\n\n" + "\n".join(f"{key}: {value}" for key, value in trailers.items())


@pytest.mark.parametrize(
    ("role", "says"),
    [
        ("model_risk", "ada@example.org is not among its approvers in conf/governance: ben@example.org"),
        ("ceo", "no role of conf/governance: it has "),
    ],
)
def test_only_who_is_named_speaks_for_a_role(governed, role, says):
    before = governed.tags()
    assert says in approve(governed, role, fails=True)
    assert governed.tags() == before
    assert "--note: says nothing" in approve(governed, note=" ", fails=True)


def test_a_tag_by_hand_of_somebody_else_does_not_count(governed):
    governed.git(f"tag -a {TAG} v1.1.0^{{}} -m", forged(governed, "model_risk"))
    printed = governed.takeback("promote v1.1.0 --to prod", fails=True)
    assert "model_risk does not speak for model_risk: ada@example.org is not among" in printed


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"release": "v1.0.0"}, "approves another v1.1.0 than the one that is here"),
        ({"version": "v1.0.0"}, "was made for v1.0.0 as model_risk"),
    ],
)
def test_an_approval_of_something_else_does_not_count(governed, change, says):
    ben = governed.colleague("Ben")
    ben.git(f"tag -a {TAG} v1.1.0^{{}} -m", forged(ben, "model_risk", **change))
    ben.git(f"push -q origin {TAG}")
    assert says in governed.takeback("promote v1.1.0 --to prod", fails=True)


def test_a_lightweight_tag_and_one_without_trailers_do_not_count(governed):
    governed.git(f"tag {TAG} v1.1.0^{{}}")
    assert "is a lightweight tag" in governed.takeback("promote v1.1.0 --to prod", fails=True)
    ben = governed.colleague("Ben")
    ben.git(f"tag -a {TAG} v1.1.0^{{}} -m yes")
    ben.git(f"push -q origin {TAG}")
    governed.git(f"tag -d {TAG}")
    assert "was not made by `takeback approve`" in governed.takeback("promote v1.1.0 --to prod", fails=True)


def test_what_ran_before_is_gone_back_to_without_asking_and_an_emergency_goes_before_it(ada):
    ada.takeback("promote v1.0.0 --to prod")
    ada.takeback("promote v1.1.0 --to prod")
    govern(ada, approvers=PEOPLE, approvals={"prod": ["model_risk"], "eu": ["model_risk"]})
    assert "prod is at v1.0.0" in ada.takeback("rollback prod --reason complaints")
    assert "is not approved for eu" in ada.takeback("promote v1.0.0 --to eu", fails=True)
    ada.takeback("promote v1.0.0 --to canary")
    govern(ada, approvals={"canary": ["model_risk"], "prod": ["model_risk"], "eu": ["model_risk"]})
    printed = ada.takeback("rollback canary --to v1.1.0 --reason x", fails=True)
    assert "v1.1.0 is not approved for canary" in printed  # it never ran there: no way back, but a way around
    assert "eu is at v1.0.0" in ada.takeback("promote v1.0.0 --to eu --unchecked --reason", "the storage burns")


def test_a_role_without_people_is_refused(ada):
    set_values(ada, "conf/governance/default.yaml", approvals={"prod": ["model_risk"]})
    printed = ada.takeback("compose", fails=True)
    assert "governance.approvals.prod: found 'model_risk', which has nobody under approvers" in printed


def test_what_is_no_release_or_not_pushed_is_not_approved(governed):
    ben = governed.colleague("Ben")
    assert "v9.0.0: there is no such release" in approve(ben, version="v9.0.0", fails=True)
    ben.git("tag -a v8.0.0 -m x")
    assert "v8.0.0 was not made by `takeback release`" in approve(ben, version="v8.0.0", fails=True)
    ben.git("remote set-url --push origin /nowhere/at/all.git")
    before = ben.git("tag")
    assert "error:" in approve(ben, fails=True)
    assert ben.git("tag") == before


def test_where_signatures_are_required_an_unsigned_approval_does_not_count(governed, tmp_path):
    public = new_key(tmp_path / "key")
    ben = governed.colleague("Ben")
    approve(ben)
    signers = f"ada@example.org {public}ben@example.org {public}"
    governed.path("conf/governance/signers").write_text(signers)
    govern(
        governed, signatures="required", allowed_signers="conf/governance/signers", approvals={"prod": ["model_risk"]}
    )
    for bank in (governed, ben):
        sign_with(bank, tmp_path / "key.pub")
    assert "not signed, and conf/governance requires it" in governed.takeback("promote v1.1.0 --to prod", fails=True)


def sign_with(bank: Bank, key):
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", str(key))):
        bank.git("config", name, value)
