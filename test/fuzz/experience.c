/*
 * experience.c
 *		Text and bytes of the summary types, then every answer they give.
 *
 * The first byte chooses the type and whether the rest is text, a body, or rows
 * to make one of; and then changes to that body, or to its text, for sums that
 * agree are not made by chance. Whatever is accepted must print, read back the
 * same, and answer.
 */
#include <stdlib.h>
#include <string.h>

#include "core/experience/experience.h"
#include "core/experience/driver.h"
#include "core/experience/index.h"
#include "core/experience/survey.h"
#include "edit.h"

static const crm_layout *const layouts[] = {
#define CRM_STATE(type, measure, ...) &measure##_layout,
#include "core/experience/state.def"
#undef CRM_STATE
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* Wide enough to be interesting, narrow enough to be quick. */
#define FUZZ_WIDTH 9

static void
ask_experience(const crm_experience *e)
{
	crm_difference difference;
	crm_interval interval;
	crm_outcome outcome;
	double		share;

	crm_moments_interval(&e->expected, 0.9, &interval);
	crm_experience_share(e, CRM_POSITIVE, &share);
	crm_experience_verdict(e, 0.5, 0.95, &outcome);
	crm_experience_test(e, e, 0.95, &difference);
}

static void
ask(const crm_layout *layout, int width, const void *body)
{
	static double workspace[1 << 10];
	crm_driver	driver[FUZZ_WIDTH];
	crm_interval interval;
	double		x;
	double		y;

	if (layout == &crm_experience_layout)
		ask_experience(body);
	else if (layout == &crm_nps_layout)
		crm_nps_bounds(body, 0.95, "wald", &interval);
	else if (layout == &crm_kano_layout)
		crm_kano_coefficients(body, &x, &y);
	else if (layout == &crm_index_layout)
		crm_index_score(body, &x);
	else if (layout == &crm_csat_layout || layout == &crm_ces_layout)
		crm_box_mean(body, &x);
	else if (layout == &crm_moments_layout)
		crm_moments_mean(body, &x);
	else if (layout == &crm_driver_layout && width > 0 && width <= FUZZ_WIDTH)
		crm_driver_solve(body, width, workspace, driver, &x);
}

/* A valid body prints, reads back bit by bit, answers and merges. */
static void
exercise(const crm_layout *layout, int width, void *body)
{
	size_t		size = 8 * crm_state_words(layout, width);
	size_t		length = crm_state_print(layout, width, body, NULL, 0);
	char	   *text = malloc(length + 1);
	void	   *back = malloc(size);
	int			again;

	if (crm_state_print(layout, width, body, text, length + 1) != length ||
		strlen(text) != length ||
		crm_state_parse(layout, text, &again, NULL) != CRM_OK ||
		again != width ||
		crm_state_parse(layout, text, &again, back) != CRM_OK ||
		memcmp(back, body, size) != 0)
		abort();
	ask(layout, width, body);
	if (crm_state_merge(layout, width, body, back) == CRM_OK)
		ask(layout, width, body);
	free(back);
	free(text);
}

static void
fuzz_text(const crm_layout *layout, const char *text)
{
	int			width;
	void	   *body;

	if (crm_state_parse(layout, text, &width, NULL) != CRM_OK)
		return;
	body = calloc(crm_state_words(layout, width), 8);
	if (crm_state_parse(layout, text, &width, body) == CRM_OK)
		exercise(layout, width, body);
	free(body);
}

/* What an aggregate makes of some rows of small numbers. */
static void
add_row(const crm_layout *layout, int width, void *body, const uint8_t *row)
{
	double		numbers[FUZZ_WIDTH];

	for (int i = 0; i < FUZZ_WIDTH; i++)
		numbers[i] = (int8_t) row[i] / 4.0;
	if (layout == &crm_experience_layout)
		crm_experience_add(body, &numbers[0], &numbers[1], row[2] + 1);
	else if (layout == &crm_moments_layout)
		crm_moments_add(body, numbers[0], row[1] + 1);
	else if (layout == &crm_nps_layout)
		crm_nps_add(body, row[0] % 11);
	else if (layout == &crm_csat_layout || layout == &crm_ces_layout)
		crm_box_add(body, row[0] % 9 / 2.0 + 1);
	else if (layout == &crm_kano_layout)
		crm_kano_add(body, row[0] % 5 + 1, row[1] % 5 + 1);
	else if (layout == &crm_index_layout)
		crm_index_add(body, row[0] % 4 == 0 ? NULL : &numbers[0], row[1], -32, 32);
	else if (layout == &crm_driver_layout && width > 0)
		crm_driver_add(body, width, numbers[0], numbers + 1, row[8] + 1);
}

static void *
made_body(const crm_layout *layout, int width, const uint8_t **data,
		  size_t *size)
{
	void	   *body = calloc(1, 8 * crm_state_words(layout, width));
	uint8_t		row[FUZZ_WIDTH];

	if (layout == &crm_csat_layout || layout == &crm_ces_layout)
		crm_box_start(body, 1, 5, 4);
	/* There are drivers as soon as there is a row. */
	for (int n = take_byte(data, size) % 16 + (width > 0); n > 0; n--)
	{
		for (int i = 0; i < FUZZ_WIDTH; i++)
			row[i] = take_byte(data, size);
		add_row(layout, width, body, row);
	}
	return body;
}

static void
fuzz_made(const crm_layout *layout, int width, bool as_text,
		  const uint8_t *data, size_t size)
{
	void	   *body = made_body(layout, width, &data, &size);
	size_t		length;
	char	   *text;

	/* What an aggregate has made is accepted. */
	if (crm_state_check(layout, width, body) != CRM_OK)
		abort();
	if (as_text)
	{
		length = crm_state_print(layout, width, body, NULL, 0);
		text = malloc(length + 1);
		crm_state_print(layout, width, body, text, length + 1);
		text[edit(text, length, data, size)] = '\0';
		fuzz_text(layout, text);
		free(text);
	}
	else
	{
		edit(body, 8 * crm_state_words(layout, width), data, size);
		if (crm_state_check(layout, width, body) == CRM_OK)
			exercise(layout, width, body);
	}
	free(body);
}

static void
fuzz_body(const crm_layout *layout, int width, const uint8_t *data,
		  size_t size)
{
	size_t		room = 8 * crm_state_words(layout, width);
	void	   *body = calloc(1, room);
	void	   *updated = calloc(1, room);

	memcpy(body, data, size < room ? size : room);
	if (crm_state_check(layout, width, body) == CRM_OK)
		exercise(layout, width, body);
	if (layout->added > 0)
	{
		crm_state_take_released(layout, width, body, updated);
		if (crm_state_check(layout, width, updated) == CRM_OK)
			exercise(layout, width, updated);
	}
	free(body);
	free(updated);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const crm_layout *layout;
	char	   *text;
	int			width;

	if (size < 2)
		return 0;
	layout = layouts[data[0] % LAYOUTS];
	width = layout->words == 0 ? data[1] % FUZZ_WIDTH : 0;
	if (data[0] < 64)
		fuzz_body(layout, width, data + 2, size - 2);
	else if (data[0] < 192 && width != 1)	/* an outcome without a driver */
		fuzz_made(layout, width, data[0] < 128, data + 2, size - 2);
	else
	{
		text = malloc(size);
		memcpy(text, data + 1, size - 1);
		text[size - 1] = '\0';
		fuzz_text(layout, text);
		free(text);
	}
	return 0;
}
