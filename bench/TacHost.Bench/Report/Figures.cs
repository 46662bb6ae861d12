namespace TacHost.Bench.Report;

/// <summary>What was measured of one program, once for each round.</summary>
/// <param name="Subject">The program.</param>
/// <param name="Samples">In the order of the rounds.</param>
internal sealed record Series(string Subject, IReadOnlyList<double> Samples)
{
    public double Median => Quantile(0.5);

    /// <summary>The lower end of the middle eight tenths.</summary>
    public double Low => Quantile(0.1);

    /// <summary>The upper end of the middle eight tenths.</summary>
    public double High => Quantile(0.9);

    private double Quantile(double part)
    {
        var sorted = Samples.Order().ToArray();
        var position = part * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}

/// <summary>What a figure should be.</summary>
/// <param name="Subject">Whose figure.</param>
/// <param name="Against">In terms of whose, or null for a figure by itself.</param>
/// <param name="Limit">The ratio, or the figure.</param>
internal sealed record Goal(string Subject, string? Against, double Limit)
{
    private const double Band = 3;

    /// <summary>Whether more is better.</summary>
    public bool IsAtLeast { get; init; }

    /// <summary>Whether --check looks at it. Ratios only: no absolute time is ever a test.</summary>
    public bool IsChecked { get; init; } = Against is not null;

    /// <summary>The ratio or the figure; null if one of the two was not measured.</summary>
    public double? Measured(Row row)
    {
        var own = row.Series.FirstOrDefault(series => series.Subject == Subject)?.Median;
        var other = Against is null ? 1 : row.Series.FirstOrDefault(series => series.Subject == Against)?.Median;
        return own / other;
    }

    public bool IsMet(double measured) => IsAtLeast ? measured >= Limit : measured <= Limit;

    /// <summary>Whether it is so far off that something must be broken.</summary>
    public bool IsWithinBand(double measured) => IsAtLeast ? measured >= Limit / Band : measured <= Limit * Band;

    /// <summary>How far it is from the goal: 1 is just met, less is better.</summary>
    public double Share(double measured) => IsAtLeast ? Limit / measured : measured / Limit;
}

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">In what.</param>
/// <param name="Series">Of whom.</param>
/// <param name="Goals">What it should be.</param>
internal sealed record Row(string Name, string Unit, IReadOnlyList<Series> Series, params IReadOnlyList<Goal> Goals);
