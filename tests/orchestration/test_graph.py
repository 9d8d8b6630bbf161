"""Dagster's graph is dbt's lineage with the lake before it and snapshot, filings and page after it; each check is on its asset."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest
from dagster_dbt import build_dbt_asset_selection, get_asset_key_for_model

from glassbook.catalogue import load_checks
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect
from ingestion.contract import load_contract
from ingestion.contract.form_rules import rules_of
from orchestration.build_definitions import build_defs
from orchestration.resources import Announcer
from warehouse.dbt_runner import Project

SNAPSHOT, SITE, FILING = dg.AssetKey("snapshot"), dg.AssetKey("public_site"), dg.AssetKey(["filing", "cn"])


@pytest.fixture(scope="module")
def definitions(small_home: Settings) -> dg.Definitions:
    return build_defs(settings=small_home)


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> Any:
    return definitions.resolve_asset_graph()


@pytest.fixture(scope="module")
def manifest(small_home: Settings) -> Any:
    return Project(small_home).manifest


def warehouse(definitions: dg.Definitions) -> dg.AssetsDefinition:
    return definitions.resolve_assets_def(SNAPSHOT)


def key(name: str) -> dg.AssetKey:
    """The asset of what dbt's lineage names."""
    return dg.AssetKey(name.split(".") if name.startswith("lake.") else ["warehouse", name])


def test_every_edge_is_one_of_dbt_and_every_edge_of_dbt_is_there(graph: Any, small_snapshot: Snapshot) -> None:
    with connect(small_snapshot.database) as connection:
        lineage = connection.execute("select model, depends_on from ctl_lineage where depends_on not like 'ctl\\_%' escape '\\'").fetchall()
    expected = {(key(parent), key(model)) for model, parent in lineage}
    models = [k for k in graph.materializable_asset_keys if k.path[0] == "warehouse"]
    found = {(parent, model) for model in models for parent in graph.get(model).parent_keys}
    assert found == expected and len(found) > 250


def test_every_model_and_seed_is_an_asset_in_the_group_of_its_folder(graph: Any, manifest: Any) -> None:
    nodes = [node for node in manifest.nodes.values() if node.resource_type in ("model", "seed")]
    expected = {key(node.name): "seeds" if node.resource_type == "seed" else node.path.split("/")[0] for node in nodes}
    assert {k: graph.get(k).group_name for k in graph.materializable_asset_keys if k.path[0] == "warehouse"} == expected


def test_the_lake_is_before_the_models_and_snapshot_filings_and_page_behind_them(graph: Any) -> None:
    lake = {k for k in graph.materializable_asset_keys if k.path[0] == "lake"}
    assert {k.path[-1] for k in lake} == set(load_contract().tables)
    assert all(graph.get(k).parent_keys == set() for k in lake)
    assert graph.get(SNAPSHOT).parent_keys == {k for k in graph.materializable_asset_keys if k.path[0] == "warehouse"}
    assert graph.get(SITE).parent_keys == graph.get(FILING).parent_keys == {SNAPSHOT}
    assert all(graph.get(k).is_executable for k in graph.get_all_asset_keys())


def test_the_functions_of_dagster_dbt_know_the_assets(definitions: dg.Definitions, graph: Any) -> None:
    assets = warehouse(definitions)
    assert get_asset_key_for_model([assets], "ldg_loans") == key("ldg_loans")
    chosen = build_dbt_asset_selection([assets], dbt_select="+ldg_loans").resolve(graph)
    assert {key("ldg_loans"), key("stg_loans")} <= chosen and key("rpt_cn_figures") not in chosen


def test_every_check_of_the_catalogue_is_on_what_it_is_about(graph: Any) -> None:
    found = {(k.asset_key, k.name) for k in graph.asset_check_keys if k.name[:2] in ("GB", "CN")}
    expected = set()
    for check in load_checks():
        for name in check.about:
            if name == "lake":
                tables = [t for t in load_contract().tables.values() if check.code in {rule.code for rule in rules_of(t)}]
                assert tables, check.code
                expected |= {(dg.AssetKey(["lake", t.name]), check.code.replace("-", "_")) for t in tables}
            else:
                expected.add((SNAPSHOT if name == "snapshot" else key(name), check.code.replace("-", "_")))
    assert found == expected


def test_a_check_is_about_tables_that_its_relation_reads(manifest: Any) -> None:
    models = [node for node in manifest.nodes.values() if node.resource_type == "model"]
    parents = {node.name: [p.split(".")[-1] for p in node.depends_on_nodes if p.startswith("model.")] for node in models}
    kinds = {node.name: node.config.materialized for node in models}

    def origins(name: str) -> set[str]:
        return {name}.union(*(origins(parent) for parent in parents[name]))

    for check in load_checks():
        if check.phase == "form":
            assert check.about == ("lake",)
        elif check.about != ("snapshot",):
            assert check.about and set(check.about) < origins(str(check.relation)), check.code
            assert not {kinds[name] for name in check.about} & {"table_function"}, f"{check.code}: rows lie in tables"


def test_every_data_test_is_on_its_model(graph: Any, manifest: Any) -> None:
    tests = [node for node in manifest.nodes.values() if node.resource_type == "test"]
    expected = {(key(manifest.nodes[n.attached_node].name) if n.attached_node else SNAPSHOT, n.name) for n in tests}
    assert {(k.asset_key, k.name) for k in graph.asset_check_keys if k.name[:2] not in ("GB", "CN")} == expected


def test_what_holds_a_snapshot_back_is_blocking(graph: Any) -> None:
    blocking = {k.name for k in graph.asset_check_keys if graph.get(k).blocking}
    assert {name for name in blocking if name[:2] in ("GB", "CN")} == {c.code.replace("-", "_") for c in load_checks() if c.is_blocking}
    assert blocking >= {k.name for k in graph.asset_check_keys if k.name.startswith("grain_")}


def test_lake_and_snapshot_have_to_be_new_by_the_morning_of_the_platform(small_home: Settings) -> None:
    graph = build_defs(settings=small_home.model_copy(update={"timezone": "Asia/Tokyo"})).resolve_asset_graph()
    policies = {k: graph.get(k).freshness_policy for k in graph.materializable_asset_keys if graph.get(k).freshness_policy}
    assert set(policies) == {SNAPSHOT, *(dg.AssetKey(["lake", name]) for name in load_contract().tables)}
    assert {(policy.deadline_cron, policy.timezone) for policy in policies.values()} == {
        ("0 4 * * *", "Asia/Tokyo"),
        ("0 6 * * *", "Asia/Tokyo"),
    }


def test_closes_are_divided_into_days_and_filings_into_months_in_the_zone_of_the_platform(small_home: Settings) -> None:
    settings = small_home.model_copy(update={"timezone": "Asia/Tokyo"})
    graph = build_defs(settings=settings).resolve_asset_graph()
    closes, months = graph.get(SNAPSHOT).partitions_def, graph.get(FILING).partitions_def
    assert isinstance(closes, dg.DailyPartitionsDefinition) and isinstance(months, dg.MonthlyPartitionsDefinition)
    assert closes.timezone == months.timezone == "Asia/Tokyo"
    # The home's one load came on 3 April; China's rule holds since August 2017.
    assert (closes.get_first_partition_key(), months.get_first_partition_key()) == ("2019-04-03", "2017-08")
    assert graph.get(key("ldg_loans")).partitions_def == closes
    assert graph.get(SITE).partitions_def is None and graph.get(dg.AssetKey(["lake", "loans"])).partitions_def is None
    filed_since = build_defs(settings=settings.model_copy(update={"filings_since": small_home.clock_now.date()})).resolve_asset_graph()  # type: ignore[union-attr]
    assert filed_since.get(FILING).partitions_def.get_first_partition_key() == "2019-04"


def test_only_a_load_is_tried_again(definitions: dg.Definitions) -> None:
    policies = {d.op.name: d.op.retry_policy for d in definitions.resolve_asset_graph().assets_defs}
    assert {name for name, policy in policies.items() if policy is not None} == {"lake"}


def test_resources_can_be_replaced(small_home: Settings) -> None:
    mine = Announcer(logger_name="mine")
    resources = build_defs(settings=small_home, announcer=mine, another="other").resources or {}
    assert resources["announcer"] is mine and resources["another"] == "other" and "installation" in resources
