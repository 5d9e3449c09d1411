// The rows of FGP and of the TV norm. Included per level.

namespace mmfusion::MMFUSION_LEVEL {
namespace {

// Squares are at least this, so that the root below never computes 0 times infinity.
inline constexpr float smallest_square = 1e-36F;

// scale / sqrt(a), from the hardware's estimate of 1 / sqrt(a), improved by Newton's method.
inline Vector over_root(Vector scale, Vector a, Vector estimate) {
    const Vector half = Vector::all(0.5F);
    const Vector three = Vector::all(3.0F);
    for (int step = 1; step < reciprocal_root_steps; ++step) {
        estimate = (half * estimate) * subtract_product(a * estimate, estimate, three);
    }
    if constexpr (reciprocal_root_steps == 0) {
        return scale * estimate;
    }
    return ((half * scale) * estimate) * subtract_product(a * estimate, estimate, three);
}

// max(0, u) if `nonnegative`.
template <bool nonnegative>
inline Vector clip_if(Vector u) {
    return nonnegative ? maximum(u, Vector::all(0.0F)) : u;
}

template <bool nonnegative>
void primal_row(const PrimalRow& given) {
    const PrimalRow row = given;
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Vector along_y = Vector::load(row.dual_y + j) - Vector::load(row.dual_y_above + j);
        const Vector along_x = Vector::load(row.dual_x + j) - Vector::load(row.dual_x + j - 1);
        const Vector u = Vector::load(row.image + j) - (along_y + along_x);
        clip_if<nonnegative>(u).store(row.primal + j);
    }
}

// One vector of a dual step between the three stages of the loop below.
struct DualStep {
    Vector y;  // the pair before its projection
    Vector x;
    Vector square;  // of the pair's length
    Vector estimate;
};

struct Pair {
    Vector y;
    Vector x;
};

// (I - xi xi^T) a
inline Pair turn(const float* guide_y, const float* guide_x, std::int64_t j, Pair a) {
    const Vector y = Vector::load(guide_y + j);
    const Vector x = Vector::load(guide_x + j);
    const Vector along = multiply_add(y, a.y, x * a.x);
    return {.y = subtract_product(y, along, a.y), .x = subtract_product(x, along, a.x)};
}

// Overwrites the primal of this row with that of the row below; returns the pair r + D(u) / 8,
// where D is the gradient G, or (I - xi xi^T) G.
template <bool nonnegative, bool from_zero, bool guided>
inline DualStep ascend(const DualStepRow& row, std::int64_t j) {
    Vector below = Vector::load(row.image_below + j);
    DualStep step{.y = Vector::all(0.0F), .x = Vector::all(0.0F), .square = {}, .estimate = {}};
    if constexpr (!from_zero) {
        step.y = Vector::load(row.extrapolated_y + j);
        step.x = Vector::load(row.extrapolated_x + j);
        const Vector here_y = guided ? Vector::load(row.turned_y + j) : step.y;
        const Vector along_y = Vector::load(row.extrapolated_y_below + j) - here_y;
        const Vector along_x = Vector::load(row.extrapolated_x_below + j) -
                               Vector::load(row.extrapolated_x_below + j - 1);
        below = below - (along_y + along_x);
    }
    below = clip_if<nonnegative>(below);
    const Vector u = Vector::load(row.primal + j);
    const Vector right = Vector::load(row.primal + j + 1);
    below.store(row.primal + j);
    if constexpr (guided) {
        const Pair gradient{.y = (u - below) * Vector::all(row.step_y),
                            .x = (u - right) * Vector::all(fgp_step)};
        const Pair turned = turn(row.guide_y, row.guide_x, j, gradient);
        step.y = step.y + turned.y;
        step.x = step.x + turned.x;
    } else {
        step.y = multiply_add(u - below, Vector::all(row.step_y), step.y);
        step.x = multiply_add(u - right, Vector::all(fgp_step), step.x);
    }
    return step;
}

// Lengths below the bound are raised to the bound, so that the projection keeps such pairs.
template <bool isotropic>
inline DualStep measure(DualStep step, Vector square_of_bound) {
    if constexpr (isotropic) {
        step.square = maximum(multiply_add(step.y, step.y, step.x * step.x), square_of_bound);
        step.estimate = reciprocal_root_estimate(step.square);
    }
    return step;
}

// `growth` times the nearest point of the disc of radius `bound` (isotropic) or of the square
// around it.
template <bool isotropic, bool with_momentum>
inline void project(DualStep& step, float bound, float growth) {
    if constexpr (isotropic) {
        const Vector scale = over_root(Vector::all(bound * growth), step.square, step.estimate);
        step.y = step.y * scale;
        step.x = step.x * scale;
    } else {
        const Vector highest = Vector::all(bound);
        const Vector lowest = Vector::all(-bound);
        step.y = minimum(maximum(step.y, lowest), highest);
        step.x = minimum(maximum(step.x, lowest), highest);
        if constexpr (with_momentum) {
            step.y = step.y * Vector::all(growth);
            step.x = step.x * Vector::all(growth);
        }
    }
}

template <bool isotropic, bool with_momentum, bool guided>
inline void finish(const DualStepRow& row, std::int64_t j, DualStep step) {
    project<isotropic, with_momentum>(step, row.bound, row.growth);
    step.y.store(row.dual_y + j);
    step.x.store(row.dual_x + j);
    Pair next{.y = step.y, .x = step.x};
    if constexpr (with_momentum) {
        const Vector share = Vector::all(row.old_share);
        next.y = subtract_product(share, Vector::load(row.old_y + j), step.y);
        next.x = subtract_product(share, Vector::load(row.old_x + j), step.x);
        next.y.store(row.next_y + j);
        next.x.store(row.next_x + j);
    }
    if constexpr (guided) {
        const Pair turned = turn(row.guide_y, row.guide_x, j, next);
        turned.y.store(row.next_turned_y + j);
        turned.x.store(row.next_turned_x + j);
    }
}

// A step is a chain of some twenty operations that wait for one another. Each turn of the loop
// therefore works on three vectors in different stages. The first stage runs up to two vectors past
// the end of the row, into its margin.
template <bool isotropic, bool nonnegative, bool from_zero, bool with_momentum, bool guided>
void dual_step_row(const DualStepRow& given) {
    const DualStepRow row = given;
    constexpr std::int64_t width = Vector::width;
    const float square = row.bound * row.bound;
    const Vector square_of_bound = Vector::all(square > smallest_square ? square : smallest_square);
    DualStep second =
        measure<isotropic>(ascend<nonnegative, from_zero, guided>(row, 0), square_of_bound);
    DualStep first = ascend<nonnegative, from_zero, guided>(row, width);
    for (std::int64_t j = 0; j < row.columns; j += width) {
        finish<isotropic, with_momentum, guided>(row, j, second);
        second = measure<isotropic>(first, square_of_bound);
        first = ascend<nonnegative, from_zero, guided>(row, j + 2 * width);
    }
}

void turn_row(const TurnRow& given) {
    const TurnRow row = given;
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Pair dual{.y = Vector::load(row.dual_y + j), .x = Vector::load(row.dual_x + j)};
        const Pair turned = turn(row.guide_y, row.guide_x, j, dual);
        turned.y.store(row.turned_y + j);
        turned.x.store(row.turned_x + j);
    }
}

template <bool isotropic>
inline Vector gradient_norm(Vector along_y, Vector along_x) {
    if constexpr (isotropic) {
        const Vector square = multiply_add(along_y, along_y, along_x * along_x);
        const Vector safe = maximum(square, Vector::all(smallest_square));
        return over_root(square, safe, reciprocal_root_estimate(safe));
    } else {
        return magnitude(along_y) + magnitude(along_x);
    }
}

template <bool isotropic>
double gradient_norm_row(const GradientNormRow& given) {
    const GradientNormRow row = given;
    Sum sum;
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Vector here = Vector::load(row.image + j);
        const Vector norm = gradient_norm<isotropic>(here - Vector::load(row.image_below + j),
                                                     here - Vector::load(row.image + j + 1));
        sum.add(first_lanes(row.columns - j, norm));
    }
    return sum.total();
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
