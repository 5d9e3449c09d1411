// The rows of FGP and of the TV norm. Included per level.

namespace mmfusion::MMFUSION_LEVEL {
namespace {

// The floor under squares keeps 0 times infinity out of the root below.
inline constexpr float smallest_square = 1e-36F;

// scale / sqrt(a), the estimate of the hardware improved by Newton's method.
inline Vector over_root(Vector scale, Vector a) {
    Vector y = reciprocal_root_estimate(a);
    const Vector half = a * Vector::all(0.5F);
    for (int step = 1; step < reciprocal_root_steps; ++step) {
        y = y * subtract_product(half * y, y, Vector::all(1.5F));
    }
    if constexpr (reciprocal_root_steps == 0) {
        return scale * y;
    }
    return (scale * y) * subtract_product(half * y, y, Vector::all(1.5F));
}

template <bool nonnegative>
inline Vector clipped(Vector u) {
    return nonnegative ? maximum(u, Vector::all(0.0F)) : u;
}

template <bool nonnegative>
void primal_row(const PrimalRow& given) {
    const PrimalRow row = given;
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Vector along_y = Vector::load(row.dual_y + j) - Vector::load(row.dual_y_above + j);
        const Vector along_x = Vector::load(row.dual_x + j) - Vector::load(row.dual_x + j - 1);
        const Vector u = Vector::load(row.image + j) - (along_y + along_x);
        clipped<nonnegative>(u).store(row.primal + j);
    }
}

// The nearest point of the disc of radius `bound` (isotropic) or of the square around it.
template <bool isotropic>
inline void project(Vector& y, Vector& x, Vector bound) {
    if constexpr (isotropic) {
        const Vector square = maximum(multiply_add(y, y, x * x), Vector::all(smallest_square));
        const Vector scale = minimum(over_root(bound, square), Vector::all(1.0F));
        y = y * scale;
        x = x * scale;
    } else {
        const Vector lowest = Vector::all(0.0F) - bound;
        y = minimum(maximum(y, lowest), bound);
        x = minimum(maximum(x, lowest), bound);
    }
}

template <bool isotropic, bool nonnegative, bool from_zero, bool with_momentum>
void dual_step_row(const DualStepRow& given) {
    const DualStepRow row = given;
    const Vector bound = Vector::all(row.bound);
    const Vector momentum = Vector::all(row.momentum);
    const Vector step_y = Vector::all(row.step_y);
    const Vector step_x = Vector::all(0.125F);
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        Vector below = Vector::load(row.image_below + j);
        Vector y = Vector::all(0.0F);
        Vector x = Vector::all(0.0F);
        if constexpr (!from_zero) {
            y = Vector::load(row.extrapolated_y + j);
            x = Vector::load(row.extrapolated_x + j);
            const Vector along_y = Vector::load(row.extrapolated_y_below + j) - y;
            const Vector along_x = Vector::load(row.extrapolated_x_below + j) -
                                   Vector::load(row.extrapolated_x_below + j - 1);
            below = below - (along_y + along_x);
        }
        below = clipped<nonnegative>(below);
        below.store(row.primal_below + j);

        const Vector u = Vector::load(row.primal + j);
        y = multiply_add(u - below, step_y, y);
        x = multiply_add(u - Vector::load(row.primal + j + 1), step_x, x);
        project<isotropic>(y, x, bound);
        y.store(row.dual_y + j);
        x.store(row.dual_x + j);
        if constexpr (with_momentum) {
            multiply_add(y - Vector::load(row.old_y + j), momentum, y).store(row.next_y + j);
            multiply_add(x - Vector::load(row.old_x + j), momentum, x).store(row.next_x + j);
        }
    }
}

template <bool isotropic>
inline Vector gradient_norm(Vector along_y, Vector along_x) {
    if constexpr (isotropic) {
        const Vector square = multiply_add(along_y, along_y, along_x * along_x);
        return over_root(square, maximum(square, Vector::all(smallest_square)));
    } else {
        return magnitude(along_y) + magnitude(along_x);
    }
}

template <bool isotropic>
double gradient_norm_row(const GradientNormRow& given) {
    const GradientNormRow row = given;
    Sum sum;
    const std::int64_t inner = row.columns - (row.last_column_is_edge ? 1 : 0);
    for_columns(inner, [&](std::int64_t j, auto access) {
        const Vector here = access.load(row.image + j);
        const Vector norm = gradient_norm<isotropic>(here - access.load(row.image_below + j),
                                                     here - access.load(row.image + j + 1));
        sum.add(access.valid(norm));
    });
    if (inner < row.columns) {
        const Part last{1};
        const Vector along_y = last.load(row.image + inner) - last.load(row.image_below + inner);
        sum.add(gradient_norm<isotropic>(along_y, Vector::all(0.0F)));
    }
    return sum.total();
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
