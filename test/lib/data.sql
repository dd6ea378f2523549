-- data: the folder of sample data; has_data: whether it is there.
\set data `echo "$CRM_SHARED/data"`
\set has_data `test -r "$CRM_SHARED/data/cdnow.csv" && echo on || echo off`
