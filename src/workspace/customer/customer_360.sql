-- Everything known of each customer: customer_overview, and what the subjects
-- of the workspace have to say in views of the name customer_360_SUBJECT.

SELECT crm_collect_customer_360();
