// Loops over the columns of a row: whole vectors, then the rest. Included per level.

namespace mmfusion::MMFUSION_LEVEL {
namespace {

// `a` with the lanes from `count` on set to 0, even if they hold NaN, for use in a sum.
inline Vector first_lanes(std::int64_t count, Vector a) {
    if (count >= Vector::width) {
        return a;
    }
    static constexpr float numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return zero_if(Vector::all(static_cast<float>(count) - 0.5F) < Vector::load(numbers), a);
}

// Access to one whole vector ...
struct Whole {
    static Vector load(const float* from) { return Vector::load(from); }
    static void store(Vector value, float* to) { value.store(to); }
    static Vector valid(Vector value) { return value; }
};

// ... and to its first `count` lanes only, for rows without room behind their end.
struct Part {
    std::int64_t count;

    [[nodiscard]] Vector load(const float* from) const {
        alignas(64) float lanes[Vector::width] = {};
        for (std::int64_t lane = 0; lane < count; ++lane) {
            lanes[lane] = from[lane];
        }
        return Vector::load(lanes);
    }
    void store(Vector value, float* to) const {
        alignas(64) float lanes[Vector::width];
        value.store(lanes);
        for (std::int64_t lane = 0; lane < count; ++lane) {
            to[lane] = lanes[lane];
        }
    }
    [[nodiscard]] Vector valid(Vector value) const { return first_lanes(count, value); }
};

// A sum in double precision of single-precision vectors, a few of which are added up before they
// are converted.
class Sum {
public:
    void add(Vector a) {
        partial_ = partial_ + a;
        if (++count_ == most_in_single) {
            flush();
        }
    }
    [[nodiscard]] double total() {
        flush();
        return total_;
    }

private:
    void flush() {
        total_ += sum_of_lanes(partial_);
        partial_ = Vector::all(0.0F);
        count_ = 0;
    }

    static constexpr int most_in_single = 16;
    Vector partial_ = Vector::all(0.0F);
    double total_ = 0.0;
    int count_ = 0;
};

// Calls body(column, access) along a row.
template <class Body>
inline void for_columns(std::int64_t columns, Body body) {
    std::int64_t column = 0;
    for (; column + Vector::width <= columns; column += Vector::width) {
        body(column, Whole{});
    }
    if (column < columns) {
        body(column, Part{columns - column});
    }
}

}  // namespace
}  // namespace mmfusion::MMFUSION_LEVEL
