"""What the description for programs promises holds for whatever a program sends, as everybody."""

import pytest
import schemathesis
import walking
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.slow

ROLES = (
    "administrator analyst coordinator officer police-partner councillor scrutiny-member auditor"
    " token stranger"
).split()
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
FEW = settings(
    max_examples=3,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def operations(town):
    schema = schemathesis.openapi.from_dict(town.app.openapi())
    schema.app = town.app
    schema.config.base_url = "http://127.0.0.1"
    return [one.ok() for one in schema.get_all_operations()]


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_documented_and_leaks_nothing(town, rows, operations, role):
    for operation in operations:
        ask_many(town, rows, role, operation)


def ask_many(town, rows, role, operation):
    row = rows["routes"][f"{operation.method.upper()} {operation.path}"]
    client = town.clients[role]

    @FEW
    @given(case=operation.as_strategy())
    def ask(case):
        answer = case.call(session=client, app=town.app)
        case.validate_response(answer, checks=CHECKS)
        for mark in town.found(answer):
            assert walking.may_hold(rows, role, row, mark), mark

    ask()
