// log2 and powers of vectors, to about one unit in the last place. Included per level.
//
// x^a is computed as 2^(a (e + f)) with x = 2^e m, f = log2 m. The product a e is split so that its
// integer part is exact. A relative error below 2e-7 requires this, since a e reaches 40, where
// single precision resolves only 4e-6. The polynomials are minimax fits (by
// cpp/tools/fit_polynomials.py) with errors of 9e-9 (log2) and 2e-9 (2^z).

namespace mmfusion::MMFUSION_LEVEL {
namespace {

struct Logarithm {
    Vector exponent;  // a whole number
    Vector fraction;  // log2 of the mantissa, in [-1/2, 1/2]
};

// The polynomials are summed in pairs, not term by term: this gives the processor independent
// operations, which matter more here than their number.
inline Vector linear(Vector x, float constant, float slope) {
    return multiply_add(x, Vector::all(slope), Vector::all(constant));
}

// For normal positive numbers.
inline Logarithm log2_parts(Vector x) {
    constexpr std::int32_t root_half_bits = 0x3f3504f3;  // mantissas run from here to its double
    const Ints exponent = from_exponent(bits(x) - all_ints(root_half_bits));
    const Vector t = from_bits(bits(x) - to_exponent(exponent)) - Vector::all(1.0F);
    const Vector t2 = t * t;
    const Vector q01 = linear(t, -0.721347260487922F, 0.4809112175029593F);
    const Vector q23 = linear(t, -0.3607096985868919F, 0.2878697870518525F);
    const Vector q45 = linear(t, -0.23879970893252023F, 0.21610545676807086F);
    const Vector q67 = linear(t, -0.208352261347045F, 0.12599958946637335F);
    const Vector q = multiply_add(multiply_add(q67, t2, q45), t2 * t2, multiply_add(q23, t2, q01));
    // log2(e) in two parts: the second is what the first loses in single precision.
    const Vector rest = multiply_add(q, t2, t * Vector::all(1.92596298909e-8F));
    return {.exponent = to_float(exponent),
            .fraction = multiply_add(t, Vector::all(1.44269502162933349609F), rest)};
}

inline Vector natural_logarithm(Vector x) {
    const Logarithm log = log2_parts(x);
    return (log.exponent + log.fraction) * Vector::all(0.693147180559945F);
}

// 2^z for |z| <= 1/2.
inline Vector exp2_fraction(Vector z) {
    const Vector z2 = z * z;
    const Vector q01 = linear(z, 0.6931472028553367F, 0.24022647913600886F);
    const Vector q23 = linear(z, 0.05550332470536131F, 0.009618437359077917F);
    const Vector q45 = linear(z, 0.0013398874650443096F, 0.00015353362040961338F);
    const Vector q = multiply_add(multiply_add(q45, z2, q23), z2, q01);
    return multiply_add(q, z, Vector::all(1.0F));
}

// x^a for 0 < a < 1 and x >= 0, in two halves: x^a = 2^whole 2^fraction. Two loops, one per half,
// keep more vectors in flight than one loop over both.
class Power {
public:
    explicit Power(float exponent) {
        // `coarse_` has twelve bits, so its product with an 8-bit integer is exact.
        constexpr float cut = 4096.0F;
        const float coarse = static_cast<float>(static_cast<int>(exponent * cut)) / cut;
        exponent_ = Vector::all(exponent);
        coarse_ = Vector::all(coarse);
        rest_ = Vector::all(exponent - coarse);
    }

    struct Halves {
        Vector whole;  // as a float
        Vector fraction;
    };

    [[nodiscard]] Halves split(Vector x) const {
        const Logarithm log = log2_parts(x);
        const Vector exact = log.exponent * coarse_;
        const Vector small = multiply_add(log.exponent, rest_, log.fraction * exponent_);
        const Vector whole = to_float(round_to_int(exact + small));
        return {.whole = whole, .fraction = (exact - whole) + small};
    }

    // Denormal numbers count as 0.
    [[nodiscard]] static Vector join(Vector x, Halves halves) {
        const Vector mantissa = exp2_fraction(halves.fraction);
        const Ints exponent = to_exponent(round_to_int(halves.whole));
        const Vector value = from_bits(bits(mantissa) + exponent);
        return zero_if(x < Vector::all(1.17549435e-38F), value);
    }

private:
    Vector exponent_{};
    Vector coarse_{};
    Vector rest_{};
};

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
