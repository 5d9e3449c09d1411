// Blocks of 8 x 8 pixels and groups of them, in vectors of 1, 4 or 8 floats. Included per level.

namespace mmfusion::MMFUSION_LEVEL {
namespace {

static_assert(block_side % Vector::width == 0);

// A row of a block.
struct BlockRow {
    static constexpr std::int64_t parts = block_side / Vector::width;
    Vector part[parts];

    static BlockRow load(const float* from) {
        BlockRow row{};
        for (std::int64_t k = 0; k < parts; ++k) {
            row.part[k] = Vector::load(from + k * Vector::width);
        }
        return row;
    }
    static BlockRow all(float value) {
        BlockRow row{};
        for (Vector& part : row.part) {
            part = Vector::all(value);
        }
        return row;
    }
    void store(float* to) const {
        for (std::int64_t k = 0; k < parts; ++k) {
            part[k].store(to + k * Vector::width);
        }
    }
};

template <class Operation>
inline BlockRow part_by_part(const BlockRow& a, const BlockRow& b, Operation operation) {
    BlockRow row{};
    for (std::int64_t k = 0; k < BlockRow::parts; ++k) {
        row.part[k] = operation(a.part[k], b.part[k]);
    }
    return row;
}
inline BlockRow operator+(const BlockRow& a, const BlockRow& b) {
    return part_by_part(a, b, [](Vector one, Vector other) { return one + other; });
}
inline BlockRow operator-(const BlockRow& a, const BlockRow& b) {
    return part_by_part(a, b, [](Vector one, Vector other) { return one - other; });
}
// a b + c for a number a
inline BlockRow multiply_add(float a, const BlockRow& b, const BlockRow& c) {
    return part_by_part(b, c, [factor = Vector::all(a)](Vector one, Vector other) {
        return multiply_add(factor, one, other);
    });
}

// The orthonormal DCT: coefficient u of pixel x is cosines.of[u][x].
struct Cosines {
    float of[block_side][block_side] = {};
    float turned[block_side][block_side] = {};

    constexpr Cosines() {
        // cos(k pi / 16) / 2
        constexpr float halves[] = {0.5F,        0.49039264F, 0.46193977F, 0.41573481F, 0.35355339F,
                                    0.27778512F, 0.19134172F, 0.09754516F, 0.0F};
        for (std::int64_t u = 0; u < block_side; ++u) {
            for (std::int64_t x = 0; x < block_side; ++x) {
                std::int64_t angle = (2 * x + 1) * u % 32;
                angle = angle > 16 ? 32 - angle : angle;
                const float cosine = angle > 8 ? -halves[16 - angle] : halves[angle];
                of[u][x] = u == 0 ? halves[4] : cosine;
                turned[x][u] = of[u][x];
            }
        }
    }
};
inline constexpr Cosines cosines;
inline constexpr std::int64_t half = block_side / 2;

// The rows of a block, each multiplied by a matrix from the right.
inline void multiply_rows(const float* block, const float (&matrix)[block_side][block_side],
                          BlockRow (&rows)[block_side]) {
    for (BlockRow& row : rows) {
        row = BlockRow::all(0.0F);
    }
    for (std::int64_t x = 0; x < block_side; ++x) {
        const BlockRow factors = BlockRow::load(matrix[x]);
        for (std::int64_t y = 0; y < block_side; ++y) {
            rows[y] = multiply_add(block[y * block_side + x], factors, rows[y]);
        }
    }
}

inline void transform_block(float* block) {
    BlockRow rows[block_side];
    multiply_rows(block, cosines.turned, rows);
    BlockRow even[half];
    BlockRow odd[half];
    for (std::int64_t y = 0; y < half; ++y) {
        even[y] = rows[y] + rows[block_side - 1 - y];
        odd[y] = rows[y] - rows[block_side - 1 - y];
    }
    for (std::int64_t u = 0; u < block_side; ++u) {
        const BlockRow(&terms)[half] = u % 2 == 0 ? even : odd;
        BlockRow sum = BlockRow::all(0.0F);
        for (std::int64_t y = 0; y < half; ++y) {
            sum = multiply_add(cosines.of[u][y], terms[y], sum);
        }
        sum.store(block + u * block_side);
    }
}

inline void invert_block(float* block) {
    BlockRow even[half];
    BlockRow odd[half];
    for (std::int64_t y = 0; y < half; ++y) {
        even[y] = BlockRow::all(0.0F);
        odd[y] = BlockRow::all(0.0F);
    }
    for (std::int64_t u = 0; u < block_side; ++u) {
        const BlockRow row = BlockRow::load(block + u * block_side);
        BlockRow(&terms)[half] = u % 2 == 0 ? even : odd;
        for (std::int64_t y = 0; y < half; ++y) {
            terms[y] = multiply_add(cosines.of[u][y], row, terms[y]);
        }
    }
    for (std::int64_t y = 0; y < half; ++y) {
        (even[y] + odd[y]).store(block + y * block_side);
        (even[y] - odd[y]).store(block + (block_side - 1 - y) * block_side);
    }
    BlockRow rows[block_side];
    multiply_rows(block, cosines.of, rows);
    for (std::int64_t y = 0; y < block_side; ++y) {
        rows[y].store(block + y * block_side);
    }
}

// a, b = (a + b) / sqrt 2, (a - b) / sqrt 2, which is its own inverse.
inline void rotate_blocks(float* a, float* b) {
    const Vector root = Vector::all(0.70710678F);
    for (std::int64_t k = 0; k < block_size; k += Vector::width) {
        const Vector one = Vector::load(a + k);
        const Vector other = Vector::load(b + k);
        ((one + other) * root).store(a + k);
        ((one - other) * root).store(b + k);
    }
}

inline void rotate_level(float* group, std::int64_t blocks, std::int64_t apart) {
    for (std::int64_t k = 0; k < blocks; k += 2 * apart) {
        rotate_blocks(group + k * block_size, group + (k + apart) * block_size);
    }
}

void transform_group(float* group, std::int64_t blocks) {
    for (std::int64_t k = 0; k < blocks; ++k) {
        transform_block(group + k * block_size);
    }
    for (std::int64_t apart = 1; apart < blocks; apart *= 2) {
        rotate_level(group, blocks, apart);
    }
}

void invert_group(float* group, std::int64_t blocks) {
    for (std::int64_t apart = blocks / 2; apart > 0; apart /= 2) {
        rotate_level(group, blocks, apart);
    }
    for (std::int64_t k = 0; k < blocks; ++k) {
        invert_block(group + k * block_size);
    }
}

inline float total(Vector a) { return static_cast<float>(sum_of_lanes(a)); }

float threshold_group(float* group, std::int64_t blocks, float level) {
    const float mean = group[0];
    group[0] = 0.0F;
    Vector count = Vector::all(0.0F);
    const Vector bound = Vector::all(level);
    const Vector one = Vector::all(1.0F);
    for (std::int64_t k = 0; k < blocks * block_size; k += Vector::width) {
        const Vector value = Vector::load(group + k);
        const Mask small = magnitude(value) < bound;
        zero_if(small, value).store(group + k);
        count = count + zero_if(small, one);
    }
    group[0] = mean;
    return total(count) + 1.0F;
}

float shrink_group(float* group, const float* pilot, std::int64_t blocks, float variance) {
    Vector power = Vector::all(0.0F);
    for (std::int64_t k = 0; k < blocks * block_size; k += Vector::width) {
        const Vector p = Vector::load(pilot + k);
        const Vector square = p * p;
        const Vector weight = square / (square + Vector::all(variance));
        (weight * Vector::load(group + k)).store(group + k);
        power = multiply_add(weight, weight, power);
    }
    return total(power);
}

void copy_block(const float* image, std::int64_t stride, float* block) {
    for (std::int64_t y = 0; y < block_side; ++y) {
        BlockRow::load(image + y * stride).store(block + y * block_side);
    }
}

void add_block(const float* block, const float* window, float weight, std::int64_t stride,
               float* image) {
    for (std::int64_t y = 0; y < block_side; ++y) {
        for (std::int64_t x = 0; x < block_side; x += Vector::width) {
            const std::int64_t k = y * block_side + x;
            float* to = image + y * stride + x;
            const Vector share = Vector::all(weight) * Vector::load(window + k);
            multiply_add(share, Vector::load(block + k), Vector::load(to)).store(to);
        }
    }
}

void block_distance_row(const BlockDistanceRow& row) {
    const std::int64_t columns = row.positions + block_side - 1;
    for (std::int64_t x = 0; x < columns; x += Vector::width) {
        Vector sum = Vector::all(0.0F);
        for (std::int64_t y = 0; y < block_side; ++y) {
            const std::int64_t at = y * row.stride + x;
            const Vector difference = Vector::load(row.image + at) - Vector::load(row.other + at);
            sum = multiply_add(difference, difference, sum);
        }
        sum.store(row.sums + x);
    }
    for (std::int64_t x = 0; x < row.positions; x += Vector::width) {
        Vector sum = Vector::load(row.sums + x);
        for (std::int64_t k = 1; k < block_side; ++k) {
            sum = sum + Vector::load(row.sums + x + k);
        }
        sum.store(row.distances + x);
    }
}

}  // namespace

BlockKernels make_block_kernels() {
    return {.transform = transform_group,
            .inverse = invert_group,
            .threshold = threshold_group,
            .shrink = shrink_group,
            .copy = copy_block,
            .add = add_block,
            .distances = block_distance_row};
}

}  // namespace mmfusion::MMFUSION_LEVEL
