"""`takeback dossier`: one page of a tag, with what changed since the release before and who approved it."""

import re

from tests.clones import set_values
from tests.report.html_page import Page


def test_the_page_of_a_release_tells_what_changed_and_who_signed(ada):
    people = {"model_risk": ["ada@example.org"]}
    set_values(
        ada, "conf/governance/default.yaml", approvers=people, approvals={"prod": ["model_risk"]}, owner="Retail credit"
    )
    ada.takeback("compose")
    ada.commit("govern")
    before = ada.git("status --porcelain")
    assert "dossier-v1.1.0.html written" in ada.takeback("dossier v1.1.0")
    assert ada.git("status --porcelain") == before == ""  # a page beside it keeps nobody from releasing
    page = ada.path("dossier-v1.1.0.html").read_text()
    text = words(page)
    for said in (
        *("v1.1.0: logistic on taiwan", ada.git("rev-parse v1.1.0^{}")[:12], "The release before is v1.0.0"),
        *("champion: rule -> logistic", "applicants flip", "a stricter decision", "prod waits for model risk"),
        *("It runs nowhere", "Nobody has approved it", "Know before you sign"),
        *("Retail credit.", "model risk: ada@example.org"),  # as this clone's last commit says, not the release's
    ):
        assert said in text, said
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    ada.takeback("approve v1.1.0 --role model_risk --note", "looked at <b>all</b> of it")
    ada.takeback("promote v1.1.0 --to prod")
    ada.takeback("dossier v1.1.0 --output page.html")
    signed = words(ada.path("page.html").read_text())
    assert "looked at <b>all</b> of it" in signed
    assert "It runs in prod." in signed
    assert "waits for" not in signed
    assert "It is the first release." in words_of(ada, "v1.0.0")


def words_of(bank, version):
    bank.takeback(f"dossier {version}")
    return words(bank.path(f"dossier-{version}.html").read_text())


def words(text):
    page = Page(text)
    assert not page.open
    return " ".join(" ".join(page.words).split())


def test_what_is_no_release_or_has_lost_its_files_has_no_page(ada):
    assert "v7.0.0: there is no such release" in ada.takeback("dossier v7.0.0", fails=True)
    for place in ada.stored("models/release", "v1.1.0"):
        place.with_name(place.name + ".dir").unlink(missing_ok=True)
        place.unlink(missing_ok=True)
    printed = ada.takeback("dossier v1.1.0", fails=True)
    assert "models/release/manifest.json" in printed
    assert not ada.path("dossier-v1.1.0.html").exists()
    assert "is a folder" in ada.takeback("dossier v1.1.0 --output docs", fails=True)
