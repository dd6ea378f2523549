/*
 * edit.h
 *		A few bytes of something valid, changed as the input says: what chance
 *		alone would never make valid enough to get past its first check.
 */
#ifndef CRM_TEST_FUZZ_EDIT_H
#define CRM_TEST_FUZZ_EDIT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The next byte of the input, 0 where it has ended. */
static inline uint8_t
take_byte(const uint8_t **data, size_t *size)
{
	if (*size == 0)
		return 0;
	(*size)--;
	return *(*data)++;
}

/*
 * Edits of four bytes each, while the input lasts: what to do, where, and the
 * byte to put there. Answers the length, which never grows.
 */
static inline size_t
edit(void *valid, size_t length, const uint8_t *data, size_t size)
{
	uint8_t    *bytes = valid;

	for (; size >= 4 && length > 0; data += 4, size -= 4)
	{
		size_t		at = ((size_t) data[1] << 8 | data[2]) % length;

		if (data[0] % 4 == 0)
			length = at;
		else if (data[0] % 4 == 1)
			memmove(bytes + at, bytes + at + 1, --length - at);
		else if (data[0] % 4 == 2)
			bytes[at] ^= data[3];
		else
			bytes[at] = data[3];
	}
	return length;
}

#endif							/* CRM_TEST_FUZZ_EDIT_H */
