using System.Text;
using TacHost.CommandLine;

namespace TacHost.Control.Client;

/// <summary>A table for a terminal. Each column is as wide as its longest text. The last column is shortened to the rest of the line.</summary>
internal sealed class Table(params string[] headings)
{
    private const int Gap = 2;
    private const int NarrowestLast = 8;

    private readonly List<string[]> _rows = [];

    /// <summary>Gets whether a text that is too long is truncated at the end. Defaults to false, because the end of a path is more useful.</summary>
    public bool TruncatesEnd { get; init; }

    public void Add(params string[] cells) => _rows.Add([.. cells.Select(SingleLine.Escape)]);

    /// <summary>Returns the lines of the table.</summary>
    /// <param name="width">The width of the terminal in characters, or null for no limit.</param>
    /// <param name="colour">Adds colour to a text after its width has been measured. May be null.</param>
    public string ToString(int? width, Func<int, string, string>? colour = null)
    {
        var last = headings.Length - 1;
        var widths = headings.Select((heading, column) => _rows.Select(row => row[column].Length).Append(heading.Length).Max()).ToArray();
        var left = width is { } all ? Math.Max(NarrowestLast, all - widths[..last].Sum(each => each + Gap)) : int.MaxValue;
        StringBuilder text = new();
        AppendRow(headings, isHeading: true);
        foreach (var row in _rows)
            AppendRow(row, isHeading: false);
        return text.ToString();

        void AppendRow(string[] row, bool isHeading)
        {
            for (var column = 0; column <= last; column++)
            {
                var cell = column == last ? Shortened(row[column], left) : row[column];
                text.Append(isHeading || colour is null ? cell : colour(column, cell));
                if (column < last)
                    text.Append(' ', widths[column] - cell.Length + Gap);
            }

            while (text is [.., ' '])
                text.Length--;
            text.Append('\n');
        }
    }

    private string Shortened(string text, int width) => text.Length <= width ? text : TruncatesEnd ? $"{text[..(width - 1)]}…" : $"…{text[^(width - 1)..]}";
}
