"""Passwords that guessers try first are known, and good ones pass."""

import pytest

from agent.accounts.common_passwords import is_common

GUESSED = """
12345678 87654321 123456789 1234567890 11111111 88888888 00000000 66668888 abcd1234 abcdefgh password Password1
P@ssw0rd passw0rd! password123 admin123 Admin@2026 administrator qwertyuiop qwerty123 1qaz2wsx 1q2w3e4r
iloveyou woaini520 woaini1314 19850612 13800000000 welcome1 letmein123 shanghai2026 renhu2026 Juzhuzheng1 paichusuo110
12341234 abcabcabc 密码密码密码密码 clerkclerk
"""


@pytest.mark.parametrize("password", GUESSED.split())
def test_what_is_guessed_first_is_refused(password):
    assert is_common(password)


@pytest.mark.parametrize("password", ["wangfang88", "WANGFANG!!", "wangfangwangfang"])
def test_the_users_own_name_is_no_password(password):
    assert is_common(password, "wangfang")
    assert not is_common("三棵柳树和一只灰猫", "wangfang")


@pytest.mark.parametrize(
    "password",
    ["a long password", "four blue teapots", "xK7-palm-Rivet", "三棵柳树和一只灰猫", "own-password", "tr0ub4dor&3"],
)
def test_others_pass(password):
    assert not is_common(password)
