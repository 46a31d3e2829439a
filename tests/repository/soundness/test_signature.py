"""Real signatures."""

import pytest

from takeback.releases.signing import signature
from tests.signing import new_key


@pytest.fixture
def sign(repository, tmp_path):
    """A function that makes a key, trusted or not, and signs a tag with it."""
    signers = tmp_path / "allowed signers"
    signers.touch()
    repository.run("git", "config", "gpg.format", "ssh")
    repository.run("git", "config", "gpg.ssh.allowedSignersFile", str(signers))

    def signed(tag, trusted):
        key = tmp_path / f"key-{tag}"
        public = new_key(key)
        if trusted:
            signers.write_text(f"ada@example.org {public}")
        repository.run("git", "-c", f"user.signingkey={key}", "tag", "-sm", tag, tag)

    return signed


def test_a_trusted_signature_is_valid(repository, sign):
    sign("signed", trusted=True)
    found = signature("signed", repository.folder)
    assert not found.wrong and found.text.startswith("signature valid:") and "ada@example.org" in found.text


@pytest.mark.parametrize("count", ["", "0", "1"])
def test_settings_of_the_environment_do_not_disturb_it(repository, sign, count):
    sign("signed", trusted=True)
    repository.environment |= {"GIT_CONFIG_COUNT": count, "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"}
    assert "signature valid:" in repository.run("takeback", "verify", "signed")


def test_an_unknown_signer_is_wrong_and_the_command_fails(repository, sign):
    sign("stranger", trusted=False)
    printed = repository.run("takeback", "verify", "stranger", fails=True)
    assert "not by someone you trust" in printed and "allowedSignersFile" in printed
    assert "4 of 4 outputs are identical." in printed


def test_a_signed_tag_under_another_name_is_wrong(repository, sign):
    sign("signed", trusted=True)
    repository.run("git", "update-ref", "refs/tags/v9.0.0", "refs/tags/signed")
    assert signature("v9.0.0", repository.folder).text == "not valid: it was made as signed and put under another name"


def test_a_changed_tag_is_wrong(repository, sign, tmp_path):
    sign("signed", trusted=True)
    content = repository.run("git", "cat-file", "tag", "signed").replace("\nsigned\n", "\nforged\n")
    (tmp_path / "forged").write_text(content)
    forged = repository.run("git", "hash-object", "-t", "tag", "-w", str(tmp_path / "forged")).strip()
    repository.run("git", "update-ref", "refs/tags/signed", forged)
    assert signature("signed", repository.folder).wrong


def test_what_is_not_signed_says_so(repository):
    repository.run("git", "tag", "light")
    texts = {name: signature(name, repository.folder).text for name in ("v1.0.0", "light", "HEAD")}
    assert texts == {"v1.0.0": "not signed", "light": "lightweight tag, not signed", "HEAD": "not a tag"}
