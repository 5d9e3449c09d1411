// The inner loops, over one row each, compiled once per instruction set. The rest of the library
// calls them through this table of function pointers.
//
// Padded rows have `row_margin` zeros before them. Behind their end, rounded up to a multiple of
// `row_step`, they have `row_overrun` floats: the TV kernels have no tail loop and may run past it.
#pragma once

#include <cstdint>

namespace mmfusion {

inline constexpr std::int64_t row_step = 16;     // floats; a multiple of every vector width
inline constexpr std::int64_t row_margin = 16;   // floats before a padded row
inline constexpr std::int64_t row_overrun = 32;  // floats behind it that a kernel may touch

// The dual step of FGP; 8 bounds the squared norm of the discrete gradient.
inline constexpr float fgp_step = 1.0F / 8.0F;

// u = b - L(r), L(r) = r_y - r_y(row above) + r_x - r_x(column to the left).
struct PrimalRow {
    const float* image;
    const float* dual_y_above;
    const float* dual_y;
    const float* dual_x;
    float* primal;
    std::int64_t columns;
};

// One dual step in one row, p' = P(r + G(u) / 8) and r' = p' + momentum (p' - p). Dual variables
// are multiplied by lambda and lie in [-lambda, lambda]. Rows of duals hold growth p', which saves
// a few operations: r' is growth p' - old_share (the old row). A step without momentum, such as the
// first and the last, has growth 1. `primal` is overwritten with the primal of the row below.
struct DualStepRow {
    const float* image_below;
    const float* extrapolated_y;
    const float* extrapolated_x;
    const float* extrapolated_y_below;  // with a guide, the turned ones
    const float* extrapolated_x_below;
    const float* old_y;
    const float* old_x;
    float* primal;
    float* dual_y;
    float* dual_x;
    float* next_y;  // r'; not written by kernels without momentum
    float* next_x;
    float bound;      // lambda
    float growth;     // 1 + momentum, momentum = (t - 1) / t'
    float old_share;  // momentum / growth of the step before
    float step_y;     // fgp_step, or 0 in the last row, where the gradient along y is 0
    std::int64_t columns;
    // Read and written by guided kernels only: xi of this row, and (I - xi xi^T) times r along y,
    // and times r'.
    const float* guide_y = nullptr;
    const float* guide_x = nullptr;
    const float* turned_y = nullptr;
    float* next_turned_y = nullptr;
    float* next_turned_x = nullptr;
};

// (I - xi xi^T) p.
struct TurnRow {
    const float* guide_y;
    const float* guide_x;
    const float* dual_y;
    const float* dual_x;
    float* turned_y;
    float* turned_x;
    std::int64_t columns;
};

using PrimalKernel = void (*)(const PrimalRow&);
using DualStepKernel = void (*)(const DualStepRow&);

// Sum over the row of |grad u|, with differences to the row below and the column to the right. Rows
// are padded and one sample longer than `columns`; at the far edge it is a copy of the last.
struct GradientNormRow {
    const float* image;
    const float* image_below;  // the row itself at the far edge
    std::int64_t columns;
};

// power = x^(gamma - 1); model = weight x power, added to the model of earlier maps.
struct PowerRow {
    const float* map;
    float* power;
    float* model;
    std::int64_t columns;
    float gamma;
    float weight;
    bool first;
};

// residual = model - normalised HAADF; returns its sum of squares.
struct ResidualRow {
    const float* model;
    const float* haadf;
    float* residual;
    std::int64_t columns;
    float offset;
    float factor;
};

// The gradient step on both data terms; returns sum x - b log(x + eps).
struct GradientStepRow {
    const float* map;
    const float* power;
    const float* residual;
    const float* measured;
    const float* mask;  // of the chemical term; only masked kernels read it
    float* next;        // may be `map`
    std::int64_t columns;
    float offset;
    float factor;
    float haadf_step;  // lambda_H gamma weight
    float chem_step;   // lambda_chem
    float background;
};

using GradientStepKernel = double (*)(const GradientStepRow&);

// max(0, image + momentum (image - before)).
struct ExtrapolateRow {
    const float* image;
    const float* before;
    float* result;
    std::int64_t columns;
    float momentum;
};

// A step of the guided solver (see guided_pipeline.hpp) on one row of one map:
//   x' = prox(x - step L(turned dual) - step weight s),  x += relaxation (x' - x)
// and `ahead` = 2 x' - x, times the weight added to the model of earlier maps. The proximal
// operator of step (dose (x - c log(x + background)) within [0, largest] is the root of a square
// equation.
struct GuidedPrimalRow {
    const float* map;
    const float* turned_y_above;
    const float* turned_y;
    const float* turned_x;
    const float* haadf_dual;  // s
    const float* counts;      // 4 step dose c, 0 where masked
    const float* mask;
    float* next;  // may be `map`
    float* ahead;
    float* model;
    std::int64_t columns;
    float step;
    float dose;
    float weight;
    float background;
    float largest;
    float relaxation;
    bool first;
};

// p' = P(p + step D(ahead)), p += relaxation (p' - p), and (I - xi xi^T) p.
struct GuidedDualRow {
    const float* ahead;  // one sample longer than `columns`, as for GradientNormRow
    const float* ahead_below;
    const float* guide_y;
    const float* guide_x;
    const float* dual_y;
    const float* dual_x;
    float* next_y;  // may be `dual_y`
    float* next_x;
    float* turned_y;
    float* turned_x;
    std::int64_t columns;
    float bound;
    float step_y;  // 0 in the last row
    float step_x;
    float relaxation;
};

// s' = (s + step (model - haadf)) shrink, s += relaxation (s' - s).
struct HaadfDualRow {
    const float* model;
    const float* haadf;
    const float* dual;
    float* next;  // may be `dual`
    std::int64_t columns;
    float step;
    float shrink;
    float relaxation;
};

// What a term of the objective costs, and its part in the duality gap: both are sums over a row of
// numbers that are not negative.
struct CostAndGap {
    double cost;
    double gap;
};

// sum KL(c, x + background), and the Fenchel gap of dose KL at x and -L(turned dual) - weight s.
struct CountsCostRow {
    const float* map;
    const float* turned_y_above;
    const float* turned_y;
    const float* turned_x;
    const float* haadf_dual;
    const float* measured;
    const float* mask;
    std::int64_t columns;
    float offset;
    float factor;
    float dose;
    float weight;
    float background;
    float largest;
};

// sum |D x|, and sum bound |D x| - <D x, p>.
struct GuidedNormRow {
    const float* map;  // one sample longer than `columns`
    const float* map_below;
    const float* guide_y;
    const float* guide_x;
    const float* dual_y;
    const float* dual_x;
    std::int64_t columns;
    float bound;
};

// sum (model - haadf)^2, and sum (model - haadf - dual / mu)^2.
struct HaadfCostRow {
    const float* model;
    const float* haadf;
    const float* dual;
    std::int64_t columns;
    float inverse_mu;
};

// The normalised map, with values below the threshold set to 0.
struct NormaliseRow {
    const float* measured;
    float* map;
    std::int64_t columns;
    float offset;
    float factor;
    float threshold;
};

struct RowKernels {
    PrimalKernel primal[2];                // [nonnegative]
    DualStepKernel dual_step[2][2][2][2];  // [isotropic][nonnegative][from zero][with momentum]
    DualStepKernel guided_step[2][2][2];   // [nonnegative][from zero][with momentum]; isotropic
    void (*turn)(const TurnRow&);
    double (*gradient_norm[2])(const GradientNormRow&);  // [isotropic]
    void (*power)(const PowerRow&);
    double (*residual)(const ResidualRow&);
    GradientStepKernel gradient_step[2][2];  // [clipped at 0][masked]
    void (*extrapolate)(const ExtrapolateRow&);
    void (*normalise)(const NormaliseRow&);
    void (*guided_primal)(const GuidedPrimalRow&);
    void (*guided_dual)(const GuidedDualRow&);
    void (*haadf_dual)(const HaadfDualRow&);
    CostAndGap (*counts_cost)(const CountsCostRow&);
    CostAndGap (*guided_norm)(const GuidedNormRow&);
    CostAndGap (*haadf_cost)(const HaadfCostRow&);
};

// The table of the level in use.
const RowKernels& row_kernels();

}  // namespace mmfusion
