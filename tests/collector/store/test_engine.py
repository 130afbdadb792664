"""Opening a store: its schema, its owner, its two kinds of transaction."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, inspect, select
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from collector.store import Store, open_store
from collector.store.engine import _MIGRATIONS
from collector.store.schema import REVISION, meta, metadata
from forms.errors import InputWrong, WorkFailed


def test_the_migrations_make_exactly_the_tables_of_the_schema(store):
    with store.engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []


def test_the_migrations_make_the_schemas_checks_and_partial_indexes(store, tmp_path):
    """What Alembic's comparison does not look at: the wording of CHECKs, and the WHERE of indexes."""
    if store.engine.dialect.name == "postgresql":
        with store.engine.begin() as conn:
            conn.execute(sql("CREATE SCHEMA plain"))
            metadata.create_all(conn.execution_options(schema_translate_map={None: "plain"}))
        made, wanted = (inspect(store.engine), None), (inspect(store.engine), "plain")
    else:
        plain = create_engine(f"sqlite:///{tmp_path / 'plain.sqlite'}")
        metadata.create_all(plain)
        made, wanted = (inspect(store.engine), None), (inspect(plain), None)
    for table in metadata.tables:
        assert _promises(*made, table) == _promises(*wanted, table)


def _promises(inspector, schema, table):
    checks = {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table, schema)}
    indexes = {
        index["name"]: (
            index["unique"],
            index["column_names"],
            {name: str(value) for name, value in index["dialect_options"].items() if name.endswith("_where")},
        )
        for index in inspector.get_indexes(table, schema)
    }
    return checks, indexes


def test_the_program_knows_its_latest_migration():
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_opening_again_keeps_what_is_there(store, desk, campaign):
    desk.post(desk.serials()[0], q1="1")
    again = open_store(store.folder, campaign.settings, store.url)
    with again.read() as conn:
        assert conn.scalar(sql("SELECT count(*) FROM response")) == 1
    again.close()


def test_a_database_of_another_campaign_is_refused(store, campaign):
    other = campaign.settings.model_copy(update={"id": "dot-khac"})
    with pytest.raises(InputWrong, match="thu-nghiem-2014"):
        open_store(store.folder, other, store.url)


def test_a_database_of_a_later_program_is_refused(store, campaign):
    with store.engine.begin() as conn:
        conn.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WorkFailed):
        open_store(store.folder, campaign.settings, store.url)


@pytest.mark.parametrize("url", ["mysterious://h/d", "no address"])
def test_an_address_that_is_none_is_refused(tmp_path, campaign, url):
    with pytest.raises(InputWrong):
        open_store(tmp_path, campaign.settings, url)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path, campaign):
    url = f"postgresql+psycopg://u:geheim@/d?host={tmp_path}"
    with pytest.raises(WorkFailed) as caught:
        open_store(tmp_path, campaign.settings, url)
    assert "geheim" not in str(caught.value)


def test_all_may_open_a_new_store_at_once(tmp_path, url, campaign):
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: open_store(tmp_path, campaign.settings, url), range(8)))
    with stores[0].read() as conn:
        assert conn.scalars(select(meta.c.value).where(meta.c.key == "campaign")).all() == [campaign.settings.id]
        assert len(conn.scalars(select(meta.c.value).where(meta.c.key == "store")).all()) == 1
    for store in stores:
        store.close()


def test_the_campaigns_setting_says_which_database(tmp_path, monkeypatch, campaign):
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    open_store(tmp_path, campaign.settings).close()
    assert (tmp_path / "data" / "phieu.sqlite").exists()


@pytest.mark.parametrize("name", ["Đợt 2014 (mới)", "CCHC 100%20", "a#b"])
def test_a_campaign_folder_may_have_any_name(tmp_path, monkeypatch, campaign, name):
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    open_store(tmp_path / name, campaign.settings).close()
    assert (tmp_path / name / "data" / "phieu.sqlite").exists()


def test_a_moved_campaign_folder_keeps_its_store(tmp_path, monkeypatch, campaign, print_sheets, desk_at):
    monkeypatch.delenv("PHIEU_DATABASE", raising=False)
    here = open_store(tmp_path / "here", campaign.settings)
    print_sheets(here)
    here.close()
    shutil.move(tmp_path / "here", tmp_path / "there")
    there = open_store(tmp_path / "there", campaign.settings)
    assert len(desk_at(there).serials()) == 4
    there.close()


def test_sqlite_is_set_up_to_lose_nothing(tmp_path, campaign):
    store = open_store(tmp_path, campaign.settings, f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite'}")
    with store.read() as conn:
        settings = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
        assert settings == {"journal_mode": "wal", "synchronous": 2}
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert conn.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000
    store.close()


def test_a_write_is_kept_whole_or_not_at_all(store):
    with pytest.raises(IntegrityError), store.write() as conn:
        conn.execute(insert(meta), [{"key": "half", "value": "done"}, {"key": "campaign", "value": "twice"}])
    with store.write() as conn:
        conn.execute(insert(meta).values(key="all", value="done"))
    with store.read() as conn:
        assert set(conn.scalars(select(meta.c.key))) == {"campaign", "store", "all"}


def test_a_reader_sees_one_moment(store):
    with store.read() as reader:
        before = reader.execute(select(meta)).all()
        with store.write() as conn:
            conn.execute(insert(meta).values(key="later", value=""))
        assert reader.execute(select(meta)).all() == before


def test_the_data_folder_is_for_its_owner_alone(tmp_path, campaign):
    (tmp_path / "data").mkdir(mode=0o755)
    open_store(tmp_path, campaign.settings, f"sqlite:///{tmp_path / 'data' / 'phieu.sqlite'}").close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_neither_a_store_nor_an_error_shows_what_it_must_not(tmp_path, store):
    secret = Store(tmp_path, create_engine("sqlite://"), "postgresql+psycopg://u:geheim@h/d?password=geheim")
    assert "geheim" not in repr(secret)
    with pytest.raises(IntegrityError) as caught, store.write() as conn:
        conn.execute(insert(meta), [{"key": "campaign", "value": "lời riêng"}])
    assert "lời riêng" not in str(caught.value)


def test_every_read_at_one_moment_sees_the_moment_at_which_it_began(store):
    def names(reading):
        with reading.read() as conn:
            return set(conn.scalars(select(meta.c.key)))

    before = names(store)
    with store.at_one_moment() as still:
        with store.write() as conn:
            conn.execute(insert(meta).values(key="late", value="x"))
        with still.at_one_moment() as again:
            assert [names(still), names(again)] == [before, before]
        with pytest.raises(RuntimeError), still.write():
            pass
    assert names(store) == before | {"late"}
