// The rows of the guided solver: its steps, costs and duality gap. Included per level.

namespace mmfusion::MMFUSION_LEVEL {
namespace {

inline Vector square_root(Vector a) {
    const Vector safe = maximum(a, Vector::all(smallest_square));
    return over_root(a, safe, reciprocal_root_estimate(safe));
}

void guided_primal_row(const GuidedPrimalRow& given) {
    const GuidedPrimalRow row = given;
    const Vector step = Vector::all(row.step);
    const Vector haadf_step = Vector::all(row.step * row.weight);
    const Vector data_step = Vector::all(row.step * row.dose);
    const Vector weight = Vector::all(row.weight);
    const Vector background = Vector::all(row.background);
    const Vector largest = Vector::all(row.largest);
    const Vector relaxation = Vector::all(row.relaxation);
    const Vector zero = Vector::all(0.0F);
    const Vector half = Vector::all(0.5F);
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Vector x = Vector::load(row.map + j);
        const Vector along_y =
            Vector::load(row.turned_y + j) - Vector::load(row.turned_y_above + j);
        const Vector along_x = Vector::load(row.turned_x + j) - Vector::load(row.turned_x + j - 1);
        Vector b = subtract_product(step, along_y + along_x, x + background);
        b = subtract_product(haadf_step, Vector::load(row.haadf_dual + j), b);
        b = subtract_product(data_step, Vector::load(row.mask + j), b);
        const Vector square = multiply_add(b, b, Vector::load(row.counts + j));
        const Vector root = half * (b + square_root(square));
        const Vector proximal = minimum(maximum(root - background, zero), largest);
        const Vector change = proximal - x;
        const Vector ahead = proximal + change;
        ahead.store(row.ahead + j);
        multiply_add(relaxation, change, x).store(row.next + j);
        const Vector before = row.first ? zero : Vector::load(row.model + j);
        multiply_add(weight, ahead, before).store(row.model + j);
    }
}

inline Pair guided_gradient(const float* image, const float* below, const float* guide_y,
                            const float* guide_x, std::int64_t j, Vector step_y, Vector step_x) {
    const Vector here = Vector::load(image + j);
    const Pair gradient{.y = (here - Vector::load(below + j)) * step_y,
                        .x = (here - Vector::load(image + j + 1)) * step_x};
    return turn(guide_y, guide_x, j, gradient);
}

void guided_dual_row(const GuidedDualRow& given) {
    const GuidedDualRow row = given;
    const Vector step_y = Vector::all(row.step_y);
    const Vector step_x = Vector::all(row.step_x);
    const Vector bound = Vector::all(row.bound);
    const Vector relaxation = Vector::all(row.relaxation);
    const float square = row.bound * row.bound;
    const Vector square_of_bound = Vector::all(square > smallest_square ? square : smallest_square);
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Pair gradient = guided_gradient(row.ahead, row.ahead_below, row.guide_y, row.guide_x,
                                              j, step_y, step_x);
        const Vector old_y = Vector::load(row.dual_y + j);
        const Vector old_x = Vector::load(row.dual_x + j);
        const Vector y = old_y + gradient.y;
        const Vector x = old_x + gradient.x;
        const Vector length = maximum(multiply_add(y, y, x * x), square_of_bound);
        const Vector scale = over_root(bound, length, reciprocal_root_estimate(length));
        const Pair next{.y = multiply_add(relaxation, y * scale - old_y, old_y),
                        .x = multiply_add(relaxation, x * scale - old_x, old_x)};
        next.y.store(row.next_y + j);
        next.x.store(row.next_x + j);
        const Pair turned = turn(row.guide_y, row.guide_x, j, next);
        turned.y.store(row.turned_y + j);
        turned.x.store(row.turned_x + j);
    }
}

void haadf_dual_row(const HaadfDualRow& given) {
    const HaadfDualRow row = given;
    const Vector step = Vector::all(row.step);
    const Vector shrink = Vector::all(row.shrink);
    const Vector relaxation = Vector::all(row.relaxation);
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Vector old = Vector::load(row.dual + j);
        const Vector residual = Vector::load(row.model + j) - Vector::load(row.haadf + j);
        const Vector moved = multiply_add(step, residual, old) * shrink;
        multiply_add(relaxation, moved - old, old).store(row.next + j);
    }
}

// r - log(1 + r); `whole` is 1 + r. Near 0 it is r^2 / 2, which the difference would lose.
inline Vector excess_over_logarithm(Vector r, Vector whole) {
    const Mask is_near = r * r < Vector::all(0.01F);
    const Vector direct = r - natural_logarithm(whole);
    const Vector near = r - zero_if(is_near, r);  // r itself or, if the series is not needed, 0
    Vector series = linear(near, 1.0F / 6.0F, -1.0F / 7.0F);
    series = multiply_add(series, near, Vector::all(-1.0F / 5.0F));
    series = multiply_add(series, near, Vector::all(1.0F / 4.0F));
    series = multiply_add(series, near, Vector::all(-1.0F / 3.0F));
    series = multiply_add(series, near, Vector::all(1.0F / 2.0F));
    return multiply_add(series, near * near, zero_if(is_near, direct));
}

CostAndGap counts_cost_row(const CountsCostRow& given) {
    const CountsCostRow row = given;
    const Vector offset = Vector::all(row.offset);
    const Vector factor = Vector::all(row.factor);
    const Vector dose = Vector::all(row.dose);
    const Vector weight = Vector::all(row.weight);
    const Vector background = Vector::all(row.background);
    const Vector largest = Vector::all(row.largest);
    const Vector zero = Vector::all(0.0F);
    const Vector smallest = Vector::all(1e-20F);
    Sum cost;
    Sum gap;
    for_columns(row.columns, [&](std::int64_t j, auto access) {
        const Vector mask = Vector::load(row.mask + j);
        const Vector c = maximum((access.load(row.measured + j) - offset) * factor, zero);
        const Vector x = Vector::load(row.map + j);
        const Vector u = x + background;
        const Vector safe = maximum(c, smallest);
        const Vector divergence = excess_over_logarithm((u - safe) / safe, u / safe);
        cost.add(access.valid(safe * divergence * mask));

        // The dual is feasible for any slope y; `best` is where slope and y meet.
        const Vector along_y =
            Vector::load(row.turned_y + j) - Vector::load(row.turned_y_above + j);
        const Vector along_x = Vector::load(row.turned_x + j) - Vector::load(row.turned_x + j - 1);
        const Vector pull =
            multiply_add(weight, Vector::load(row.haadf_dual + j), along_y + along_x);
        const Vector rise = multiply_add(dose, mask, pull);  // dose - y
        const Vector counts = dose * mask * c;
        const Mask unbounded = rise < zero;
        const Vector meeting = counts / maximum(rise, smallest) - background;
        const Vector inner = minimum(maximum(meeting, zero), largest);
        const Vector best = zero_if(unbounded, inner) + (largest - zero_if(unbounded, largest));
        const Vector whole = best + background;
        const Vector distance = x - best;
        const Vector curved = counts * excess_over_logarithm(distance / whole, u / whole);
        const Vector straight = distance * (rise - counts / whole);
        gap.add(access.valid(maximum(curved, zero) + maximum(straight, zero)));
    });
    return {.cost = cost.total(), .gap = gap.total()};
}

CostAndGap guided_norm_row(const GuidedNormRow& given) {
    const GuidedNormRow row = given;
    const Vector one = Vector::all(1.0F);
    const Vector bound = Vector::all(row.bound);
    Sum cost;
    Sum gap;
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Pair gradient =
            guided_gradient(row.map, row.map_below, row.guide_y, row.guide_x, j, one, one);
        const Vector norm = gradient_norm<true>(gradient.y, gradient.x);
        const Vector inner = multiply_add(gradient.y, Vector::load(row.dual_y + j),
                                          gradient.x * Vector::load(row.dual_x + j));
        cost.add(first_lanes(row.columns - j, norm));
        gap.add(first_lanes(row.columns - j, bound * norm - inner));
    }
    return {.cost = cost.total(), .gap = gap.total()};
}

CostAndGap haadf_cost_row(const HaadfCostRow& given) {
    const HaadfCostRow row = given;
    const Vector inverse_mu = Vector::all(row.inverse_mu);
    Sum cost;
    Sum gap;
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Vector residual = Vector::load(row.model + j) - Vector::load(row.haadf + j);
        const Vector rest = subtract_product(inverse_mu, Vector::load(row.dual + j), residual);
        cost.add(first_lanes(row.columns - j, residual * residual));
        gap.add(first_lanes(row.columns - j, rest * rest));
    }
    return {.cost = cost.total(), .gap = gap.total()};
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
