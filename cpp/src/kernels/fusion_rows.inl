// The rows of the HAADF model, the two data terms and their gradient step. Included per level.

namespace mmfusion::MMFUSION_LEVEL {
namespace {

// model = weight x^gamma, added to the model of earlier maps.
inline void add_to_model(const PowerRow& row, Vector x, Vector power, std::int64_t j) {
    const Vector before = row.first ? Vector::all(0.0F) : Vector::load(row.model + j);
    multiply_add(Vector::all(row.weight) * power, x, before).store(row.model + j);
}

template <class PowerOf>
inline void simple_power_columns(const PowerRow& given, PowerOf power_of) {
    const PowerRow row = given;
    for (std::int64_t j = 0; j < row.columns; j += Vector::width) {
        const Vector x = Vector::load(row.map + j);
        const Vector power = power_of(x);
        power.store(row.power + j);
        add_to_model(row, x, power, j);
    }
}

inline void power_columns(const PowerRow& given, const Power& power_of) {
    const PowerRow row = given;
    constexpr std::int64_t batch = 256;
    alignas(64) float whole[batch];
    alignas(64) float fraction[batch];
    for (std::int64_t start = 0; start < row.columns; start += batch) {
        const std::int64_t end = start + batch < row.columns ? start + batch : row.columns;
        for (std::int64_t j = start; j < end; j += Vector::width) {
            const Power::Halves halves = power_of.split(Vector::load(row.map + j));
            halves.whole.store(whole + (j - start));
            halves.fraction.store(fraction + (j - start));
        }
        for (std::int64_t j = start; j < end; j += Vector::width) {
            const Vector x = Vector::load(row.map + j);
            const Power::Halves halves{.whole = Vector::load(whole + (j - start)),
                                       .fraction = Vector::load(fraction + (j - start))};
            const Vector power = Power::join(x, halves);
            power.store(row.power + j);
            add_to_model(row, x, power, j);
        }
    }
}

void power_row(const PowerRow& row) {
    if (row.gamma == 1.0F) {
        simple_power_columns(row, [](Vector) { return Vector::all(1.0F); });
    } else if (row.gamma == 2.0F) {
        simple_power_columns(row, [](Vector x) { return x; });
    } else {
        power_columns(row, Power(row.gamma - 1.0F));
    }
}

double residual_row(const ResidualRow& given) {
    const ResidualRow row = given;
    const Vector offset = Vector::all(row.offset);
    const Vector factor = Vector::all(row.factor);
    Sum sum;
    for_columns(row.columns, [&](std::int64_t j, auto access) {
        const Vector haadf = (access.load(row.haadf + j) - offset) * factor;
        const Vector residual = access.valid(Vector::load(row.model + j) - haadf);
        residual.store(row.residual + j);
        sum.add(residual * residual);
    });
    return sum.total();
}

template <bool clip, bool masked>
double gradient_step_row(const GradientStepRow& given) {
    const GradientStepRow row = given;
    const Vector offset = Vector::all(row.offset);
    const Vector factor = Vector::all(row.factor);
    const Vector background = Vector::all(row.background);
    const Vector haadf_step = Vector::all(row.haadf_step);
    const Vector chem_step = Vector::all(row.chem_step);
    Sum sum;
    for_columns(row.columns, [&](std::int64_t j, auto access) {
        const Vector x = Vector::load(row.map + j);
        const Vector measured = (access.load(row.measured + j) - offset) * factor;
        const Vector expected = x + background;
        Vector cost = subtract_product(measured, natural_logarithm(expected), x);
        Vector chem = chem_step * (Vector::all(1.0F) - measured / expected);
        if constexpr (masked) {
            const Vector mask = access.load(row.mask + j);
            cost = cost * mask;
            chem = chem * mask;
        }
        sum.add(access.valid(cost));

        const Vector haadf = haadf_step * Vector::load(row.power + j);
        const Vector step = multiply_add(haadf, Vector::load(row.residual + j), chem);
        const Vector next = x - step;
        access.store(clip ? maximum(next, Vector::all(0.0F)) : next, row.next + j);
    });
    return sum.total();
}

void extrapolate_row(const ExtrapolateRow& given) {
    const ExtrapolateRow row = given;
    const Vector momentum = Vector::all(row.momentum);
    for_columns(row.columns, [&](std::int64_t j, auto access) {
        const Vector image = access.load(row.image + j);
        const Vector change = image - access.load(row.before + j);
        const Vector result = multiply_add(change, momentum, image);
        Vector(maximum(result, Vector::all(0.0F))).store(row.result + j);
    });
}

void normalise_row(const NormaliseRow& given) {
    const NormaliseRow row = given;
    const Vector offset = Vector::all(row.offset);
    const Vector factor = Vector::all(row.factor);
    const Vector threshold = Vector::all(row.threshold);
    for_columns(row.columns, [&](std::int64_t j, auto access) {
        const Vector map = (access.load(row.measured + j) - offset) * factor;
        access.store(zero_if(map < threshold, map), row.map + j);
    });
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
