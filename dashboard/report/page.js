// Draws the pictures of the report. Each comes as JSON: title, subtitle,
// sentence, columns (field, label, format), rows, further rows in extra, and a
// Vega specification, or none where the rows are shown as a table alone.
'use strict';

const report = JSON.parse(document.getElementById('report').textContent);
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const views = [];

// A day and a number of rows stay in one line.
function write(text, parent) {
    text.split(/(\d{4}-\d\d-\d\d|n = [\d,]+)/).forEach((part, i) => {
        if (i % 2) element('span', null, parent, {'class': 'whole-word'}).textContent = part;
        else parent.append(part);
    });
}

function element(name, text, parent, attributes) {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) write(String(text), made);
    for (const key of Object.keys(attributes || {})) made.setAttribute(key, attributes[key]);
    if (parent) parent.appendChild(made);
    return made;
}

function shown(value, format) {
    if (value === null || value === undefined) return '–';
    const number = digits => Number(value).toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});
    switch (format) {
        case '%': return (100 * value).toLocaleString('en', {maximumFractionDigits: 1}) + ' %';
        case '#': return number(0);
        case '0.0': return number(1);
        case '0.00': return number(2);
        default: return String(value);
    }
}

// A long table shows its first and its last rows.
function table(picture, parent) {
    const rows = picture.rows;
    const cut = rows.length > 120;
    const made = element('table', null, element('div', null, parent, {'class': 'wide', tabindex: 0}));
    element('caption', picture.title, made);
    const head = element('tr', null, element('thead', null, made));
    for (const [, label, format] of picture.columns)
        element('th', label, head, format ? {scope: 'col', 'class': 'number'} : {scope: 'col'});
    const body = element('tbody', null, made);
    (cut ? rows.slice(0, 100).concat(rows.slice(-20)) : rows).forEach(row => {
        const line = element('tr', null, body);
        picture.columns.forEach(([field, , format], i) => element(i ? 'td' : 'th', shown(row[field], format), line,
            Object.assign(i ? {} : {scope: 'row'}, format ? {'class': 'number'} : {})));
    });
    if (cut) element('p', 'The first 100 and the last 20 of ' + rows.length + ' rows.', parent);
}

// Data sets of the specification are filled by their names.
function filled(picture, width) {
    const spec = JSON.parse(JSON.stringify(picture.spec));
    for (const set of spec.data) {
        const rows = set.name === 'rows' ? picture.rows : (picture.extra || {})[set.name];
        // Vega writes into what it gets, and the rows are shown as a table too.
        if (rows !== undefined && !set.source) set.values = JSON.parse(JSON.stringify(rows || []));
    }
    // What is no list is a signal; count is known before the data flow.
    const single = Object.entries(picture.extra || {}).filter(([, value]) => !Array.isArray(value) && value !== null)
        .map(([name, value]) => ({name: name, value: value}));
    // The place is as wide as it is; Vega would ask for it too early.
    const shared = report.signals.map(signal => ['outer', 'width'].includes(signal.name)
        ? Object.assign({}, signal, {value: width}) : signal);
    spec.signals = [{name: 'count', value: picture.rows.length}].concat(shared, single, spec.signals || []);
    return spec;
}

function draw(picture, parent) {
    const place = element('div', null, parent, {'class': 'picture'});
    const view = new vega.View(vega.parse(filled(picture, Math.max(240, place.clientWidth)), report.config, {ast: true}), {
        expr: vega.expressionInterpreter, renderer: 'svg', container: place, hover: true, logLevel: vega.Warn
    });
    view.description(picture.title + '. ' + picture.subtitle + '. ' + picture.sentence);
    view.signal('dark', prefersDark.matches);
    views.push(view);
    return view.runAsync();
}

function figure(picture, parent) {
    const made = element('figure', null, parent, {id: picture.id});
    if (!picture.title) {
        element('p', picture.empty || 'There is nothing to show here yet.', made, {'class': 'none'});
        return Promise.resolve();
    }
    element('h3', picture.title, made);
    element('p', picture.subtitle, made, {'class': 'subtitle'});
    const rows = picture.rows || [];
    const drawn = picture.spec && rows.length ? draw(picture, made) : Promise.resolve();
    element('figcaption', picture.sentence, made);
    if (!rows.length) {
        element('p', 'No rows.', made, {'class': 'none'});
    } else if (picture.spec || rows.length > 12) {
        const details = element('details', null, made);
        element('summary', picture.spec ? 'The figures' : 'All ' + rows.length + ' rows', details);
        table(picture, details);
    } else {
        table(picture, made);
    }
    return drawn;
}

function page() {
    const main = document.querySelector('main');
    document.title = report.head.title;
    element('h1', report.head.title, main);
    element('p', report.head.sentence, main, {'class': 'lead'});
    const nav = element('nav', null, main, {'aria-label': 'Sections'});
    const all = [];
    for (const section of report.sections) {
        element('a', section.title, nav, {href: '#' + section.id});
        const made = element('section', null, main, {id: section.id});
        element('h2', section.title, made);
        element('p', section.about, made, {'class': 'lead'});
        // Where there is nothing at all, each reason once.
        if (section.pictures.every(picture => !picture.title)) {
            const reasons = new Set(section.pictures.map(picture => picture.empty));
            element('p', [...reasons].join(' '), made, {'class': 'none whole'});
            continue;
        }
        for (const picture of section.pictures) all.push(figure(picture, made));
    }
    return Promise.all(all);
}

function recolour(dark) {
    for (const view of views) view.signal('dark', dark).runAsync();
}

prefersDark.addEventListener('change', () => recolour(prefersDark.matches));
let opened = [];
addEventListener('beforeprint', () => {
    recolour(false);
    opened = [...document.querySelectorAll('details:not([open])')];
    for (const details of opened) details.open = true;
});
addEventListener('afterprint', () => {
    recolour(prefersDark.matches);
    for (const details of opened) details.open = false;
});
page().then(() => document.documentElement.setAttribute('data-drawn', views.length));
