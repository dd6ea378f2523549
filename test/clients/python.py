"""Reads every view named on standard input through clients of Python, and prints
client, view, column, PostgreSQL's type and the client's type, tabs between."""
import datetime
import decimal
import os
import sys

uri = os.environ["CRM_URI"]
views = [line.split() for line in sys.stdin]


def told(client, schema, view, columns):
    for name, kind in columns:
        print(client, view, name, kind, sep="\t")


def first(values):
    """The type of the first value that is known."""
    return next((type(v).__name__ for v in values if v is not None), "")


def psycopg3():
    import psycopg
    with psycopg.connect(uri) as connection:
        for schema, view in views:
            cursor = connection.execute(f'SELECT * FROM "{schema}"."{view}"')
            rows = cursor.fetchall()
            told("psycopg", schema, view,
                 [(d.name, first(r[i] for r in rows)) for i, d in enumerate(cursor.description)])


def sqlalchemy():
    import sqlalchemy as sa
    engine = sa.create_engine(uri.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        for schema, view in views:
            table = sa.Table(view, sa.MetaData(), schema=schema, autoload_with=engine)
            assert all(not isinstance(c.type, sa.types.NullType) for c in table.columns), view
            rows = connection.execute(sa.select(table)).fetchall()
            told("SQLAlchemy", schema, view, [(c.name, first(r[i] for r in rows)) for i, c in enumerate(table.columns)])


def pandas():
    import pandas as pd
    import sqlalchemy as sa
    engine = sa.create_engine(uri.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        for schema, view in views:
            frame = pd.read_sql(f'SELECT * FROM "{schema}"."{view}"', connection)
            told("pandas", schema, view,
                 [(c, str(frame[c].dtype) if str(frame[c].dtype) != "object" else first(frame[c]))
                  for c in frame.columns])


def polars():
    import polars as pl
    for schema, view in views:
        frame = pl.read_database_uri(f'SELECT * FROM "{schema}"."{view}"', uri, engine="adbc")
        told("polars, ADBC", schema, view, [(c, str(t).split("(")[0]) for c, t in frame.schema.items()])


def connectorx():
    import connectorx as cx
    for schema, view in views:
        table = cx.read_sql(uri, f'SELECT * FROM "{schema}"."{view}"', return_type="arrow")
        told("connectorx", schema, view, [(f.name, str(f.type).split("[")[0]) for f in table.schema])


def duckdb():
    import duckdb
    try:
        # The extension as a package, where it cannot be downloaded by INSTALL.
        from duckdb_extensions import import_extension
        import_extension("postgres_scanner")
    except ImportError:
        duckdb.execute("INSTALL postgres_scanner")
    connection = duckdb.connect()
    connection.execute("LOAD postgres_scanner")
    connection.execute(f"ATTACH '{uri}' AS shop (TYPE postgres, READ_ONLY)")
    for schema, view in views:
        result = connection.execute(f'SELECT * FROM shop."{schema}"."{view}"')
        kinds = [(d[0], str(d[1])) for d in result.description]
        result.fetchall()
        told("DuckDB", schema, view, kinds)


clients = {f.__name__: f for f in (psycopg3, sqlalchemy, pandas, polars, connectorx, duckdb)}
for wanted in sys.argv[1:]:
    try:
        clients[wanted]()
    except BaseException as error:  # connectorx panics, which is no Exception
        print("could not be run:", wanted, str(error).splitlines()[0][:200], file=sys.stderr)
