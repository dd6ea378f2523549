/*
 * varint.h
 *		Integers in as few bytes as they need: seven bits a byte, lowest
 *		first, the high bit set on all but the last.
 */
#ifndef CRM_CORE_NUMERIC_VARINT_H
#define CRM_CORE_NUMERIC_VARINT_H

#include <stdbool.h>
#include <stdint.h>

#define CRM_VARINT_MAX	10		/* bytes of a uint64 */

/* Signed numbers near zero as small unsigned ones: 0, -1, 1, -2 ... */
static inline uint64_t
crm_zigzag(int64_t value)
{
	return ((uint64_t) value << 1) ^ -(uint64_t) (value < 0);
}

static inline int64_t
crm_unzigzag(uint64_t value)
{
	return (int64_t) (value >> 1) ^ -(int64_t) (value & 1);
}

static inline int
crm_varint_size(uint64_t value)
{
	return (63 - __builtin_clzll(value | 1)) / 7 + 1;
}

static inline uint8_t *
crm_put_varint(uint8_t *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		*out++ = (uint8_t) value | 0x80;
	*out++ = (uint8_t) value;
	return out;
}

/* False at the end of the bytes, and where the number needs more than 64 bits. */
static inline bool
crm_get_varint(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	uint64_t	result = 0;

	for (int shift = 0; shift < 64 && *at < end; shift += 7)
	{
		uint8_t		byte = *(*at)++;

		result |= (uint64_t) (byte & 0x7f) << shift;
		if (byte < 0x80)
		{
			*value = result;
			return shift < 63 || byte <= 1;
		}
	}
	return false;
}

#endif							/* CRM_CORE_NUMERIC_VARINT_H */
