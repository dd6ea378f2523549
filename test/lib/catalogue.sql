-- All that the extension made, one line an object, with every attribute that a
-- dump, a plan or a person could see. Without numbers of objects, which differ.
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS object,
       CASE d.classid
           WHEN 'pg_proc'::regclass THEN (
               SELECT concat_ws(' | ', CASE p.prokind WHEN 'a' THEN NULL ELSE pg_get_functiondef(p.oid) END,
                                p.prokind, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid),
                                l.lanname, p.procost, p.prorows, p.provariadic::regtype, p.prosupport, p.prosecdef,
                                p.proleakproof, p.proisstrict, p.proretset, p.provolatile, p.proparallel, p.prosrc,
                                p.probin, pg_get_function_sqlbody(p.oid), p.proconfig::text, p.proowner::regrole,
                                p.proacl::text)
               FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang WHERE p.oid = d.objid)
               || coalesce((SELECT (to_jsonb(a) - '{aggfnoid,aggtranstype,aggmtranstype,aggsortop}'::text[])::text
                                   || a.aggtranstype::regtype || a.aggmtranstype::regtype || a.aggsortop::regoperator
                            FROM pg_aggregate AS a WHERE a.aggfnoid = d.objid), '')
           WHEN 'pg_type'::regclass THEN (
               SELECT concat_ws(' | ', t.typlen, t.typbyval, t.typtype, t.typcategory, t.typispreferred, t.typdelim,
                                t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout,
                                t.typanalyze, t.typsubscript, t.typalign, t.typstorage, t.typnotnull,
                                t.typcollation, t.typdefault, t.typacl::text)
               FROM pg_type AS t WHERE t.oid = d.objid)
           WHEN 'pg_operator'::regclass THEN (
               SELECT concat_ws(' | ', o.oprkind, o.oprcanmerge, o.oprcanhash, o.oprresult::regtype,
                                o.oprcom::regoperator, o.oprnegate::regoperator, o.oprcode, o.oprrest, o.oprjoin)
               FROM pg_operator AS o WHERE o.oid = d.objid)
           WHEN 'pg_cast'::regclass THEN (
               SELECT concat_ws(' | ', c.castfunc::regprocedure, c.castcontext, c.castmethod)
               FROM pg_cast AS c WHERE c.oid = d.objid)
           WHEN 'pg_opclass'::regclass THEN (
               SELECT concat_ws(' | ', c.opcintype::regtype, c.opcdefault, c.opckeytype::regtype)
               FROM pg_opclass AS c WHERE c.oid = d.objid)
           WHEN 'pg_opfamily'::regclass THEN (
               SELECT concat_ws(' | ',
                                (SELECT string_agg(concat_ws(' ', amopstrategy, amopopr::regoperator, amoppurpose), ', '
                                                   ORDER BY amopstrategy)
                                 FROM pg_amop WHERE amopfamily = d.objid),
                                (SELECT string_agg(concat_ws(' ', amprocnum, amproc), ', ' ORDER BY amprocnum)
                                 FROM pg_amproc WHERE amprocfamily = d.objid)))
       END AS attributes,
       obj_description(d.objid, d.classid::regclass::name) AS comment
FROM pg_depend AS d
JOIN pg_extension AS e ON e.oid = d.refobjid AND d.refclassid = 'pg_extension'::regclass
WHERE d.deptype = 'e' AND e.extname = 'crm_ext'
ORDER BY pg_describe_object(d.classid, d.objid, d.objsubid) COLLATE "C";
