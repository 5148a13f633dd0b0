from argon2 import extract_parameters

from helpdesk import passwords


def test_only_the_right_password_fits() -> None:
    kept = passwords.hashed("a long password")

    assert passwords.fits("a long password", kept)
    assert not passwords.fits("a long password!", kept)
    assert not passwords.fits("a long password", "no hash at all")


def test_where_there_is_nobody_nothing_fits_and_it_takes_as_long() -> None:
    kept = extract_parameters(passwords.hashed("a long password"))

    assert not passwords.fits("", None)
    assert extract_parameters(passwords._NOBODY) == kept
