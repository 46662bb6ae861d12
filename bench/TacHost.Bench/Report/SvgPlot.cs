using System.Globalization;
using System.Net;
using System.Text;

namespace TacHost.Bench.Report;

/// <summary>The plot: how far each figure is from its goal, which is where the line stands.</summary>
internal static class SvgPlot
{
    private const int LabelWidth = 520;
    private const int GoalAt = 200;
    private const int PlotWidth = 460;
    private const int LineHeight = 24;
    private const int Top = 44;

    public static string Make(IReadOnlyList<Row> rows)
    {
        var bars = rows.SelectMany(row => row.Goals.Select(goal => (row, goal, measured: goal.Measured(row)))).Where(bar => bar.measured is not null).ToList();
        var height = Top + (bars.Count * LineHeight) + 16;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{LabelWidth + PlotWidth + 20}" height="{height}" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            <text x="12" y="24" font-size="15">tachost against its goals: shorter is better, the line is the goal</text>

            """);
        for (var i = 0; i < bars.Count; i++)
        {
            var (row, goal, measured) = bars[i];
            var y = Top + (i * LineHeight);
            var length = Math.Min(goal.Share(measured!.Value) * GoalAt, PlotWidth - 60);
            var colour = goal.IsMet(measured.Value) ? "#4c956c" : "#c8553d";
            var label = $"{row.Name}: {MarkdownTable.Describe(goal)}";
            text.Append(CultureInfo.InvariantCulture, $"""
                <text x="{LabelWidth - 8}" y="{y + 15}" text-anchor="end">{WebUtility.HtmlEncode(label)}</text>
                <rect x="{LabelWidth}" y="{y + 4}" width="{length:0.0}" height="{LineHeight - 8}" fill="{colour}"/>
                <text x="{LabelWidth + length + 6:0.0}" y="{y + 15}">{MarkdownTable.Number(measured.Value)}</text>

                """);
        }

        text.Append(CultureInfo.InvariantCulture, $"""<line x1="{LabelWidth + GoalAt}" y1="{Top - 6}" x2="{LabelWidth + GoalAt}" y2="{height - 10}" stroke="#333" stroke-dasharray="4 3"/>""");
        return text.Append("\n</svg>\n").ToString();
    }
}
