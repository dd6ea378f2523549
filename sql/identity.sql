-- Two lists of the same people, typed by two hands.
CREATE TABLE shop (customer integer, email text, phone text);
CREATE TABLE forum (member integer, email text, phone text);
INSERT INTO shop VALUES (1, 'Ann.Smith@Example.com', '(030) 90 18-20'),
    (2, ' bob+shop@mail.example.org', '+1 (415) 555-2671'), (3, 'cat@home', '0171 2345678 ext. 3');
INSERT INTO forum VALUES (7, 'ann.smith@example.com.', '+49 (0)30 901820'),
    (8, 'bob@mail.example.org', '001 415 555 2671'), (9, NULL, NULL);

SELECT customer, member, crm_normal_email(s.email) = crm_normal_email(f.email) AS same_email,
       crm_normal_phone(s.phone, 'DE') = crm_normal_phone(f.phone, 'DE') AS same_phone
FROM shop AS s JOIN forum AS f
     ON crm_normal_email(s.email) = crm_normal_email(f.email)
        OR crm_normal_phone(s.phone, 'DE') = crm_normal_phone(f.phone, 'DE')
ORDER BY customer;
SELECT email, crm_normal_email(email), phone, crm_normal_phone(phone, 'DE'), crm_normal_phone(phone) AS no_country
FROM shop ORDER BY customer;

-- What is no address.
SELECT e AS email, crm_normal_email(e)
FROM unnest('{"a b@c.de",a@b,a@@b.de,.a@b.de,a@b..de,a@b.1,a@[127.0.0.1],"Ann <a@b.de>","",NULL}'::text[]) AS e;
-- What is dialled before a number within its country, and is no part of it.
SELECT country, phone, crm_normal_phone(phone, country)
FROM (VALUES ('DE', '030 901820'), ('+49', '030 901820'), ('49', '0049 30 901820'), ('US', '415-555-2671'),
             ('US', '1-415-555-2671'), ('US', '011 49 30 901820'), ('RU', '8 912 345-67-89'), ('HU', '06 1 234 5678'),
             ('IT', '02 1234 5678'), ('CN', '138 0013 8000'), ('DE', '110'), ('DE', '+49 30 901820 x5'),
             (NULL, '030 901820'), (NULL, NULL)) AS v (country, phone);
SELECT crm_normal_phone('030 901820', 'Germany');

DROP TABLE shop, forum;
