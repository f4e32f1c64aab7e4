"""Roles come from the provider's claim by the settings, and the two officers are two people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.console.errors import BothOfficersError, NoRoleError
from gateway.console.roles import roles_of
from gateway.settings_console import Rol

KNOWN = {f"lso-{rol.value}": rol for rol in Rol}
_VALUES = st.frozensets(st.sampled_from([*KNOWN, "iets-anders", "beheerder", ""]))


@given(_VALUES)
def test_a_person_gets_the_roles_of_the_settings_or_none_at_all(values):
    expected = {KNOWN[value] for value in values if value in KNOWN}
    try:
        roles = roles_of(values, KNOWN)
    except NoRoleError:
        assert not expected
    except BothOfficersError:
        assert expected >= {Rol.PRIVACY_OFFICER, Rol.TWEEDE_OFFICER}
    else:
        assert roles == expected
        assert not roles >= {Rol.PRIVACY_OFFICER, Rol.TWEEDE_OFFICER}


def test_both_officers_in_one_claim_is_refused_whatever_else_it_holds():
    with pytest.raises(BothOfficersError):
        roles_of(frozenset(KNOWN), KNOWN)
