// As python.py, through pg of Node.js.
const {Client} = require('pg');
const views = require('fs').readFileSync(0, 'utf8').trim().split('\n').map(line => line.split(' '));

(async () => {
    const client = new Client({connectionString: process.env.CRM_URI});
    await client.connect();
    for (const [schema, view] of views) {
        const {rows, fields} = await client.query(`SELECT * FROM "${schema}"."${view}"`);
        for (const field of fields) {
            const known = rows.map(row => row[field.name]).find(value => value !== null);
            console.log(['node pg', view, field.name, known === undefined ? '' : known.constructor.name].join('\t'));
        }
    }
    await client.end();
})().catch(error => { console.error('could not be run:', error.message); process.exit(1); });
