using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace TacHost.Dashboard.Pages;

/// <summary>A piece of HTML or SVG. Whatever an interpolated string puts into one is encoded, unless it is HTML itself.</summary>
/// <param name="Text">The text.</param>
internal readonly record struct Html(string Text)
{
    /// <summary>Gets an empty piece.</summary>
    public static Html Empty { get; } = new("");

    /// <summary>Returns the HTML of an interpolated string.</summary>
    public static Html Of(HtmlHandler handler) => new(handler.ToString());

    /// <summary>Returns pieces, one after another.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece.Text)));

    /// <summary>Returns HTML if a condition holds.</summary>
    public static Html If(bool condition, HtmlHandler handler) => condition ? new(handler.ToString()) : Empty;

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Encodes the values of an interpolated string.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlHandler(int literalLength, int formattedCount)
{
    private const int Guess = 16;

    private static readonly HtmlEncoder _encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _text = new(literalLength + (formattedCount * Guess));

    /// <summary>Appends a part of the source.</summary>
    public void AppendLiteral(string literal) => _text.Append(literal);

    /// <summary>Appends HTML as it is.</summary>
    public void AppendFormatted(Html html) => _text.Append(html.Text);

    /// <summary>Appends an encoded text.</summary>
    public void AppendFormatted(string? text) => _text.Append(text is null ? "" : _encoder.Encode(text));

    /// <summary>Appends a number.</summary>
    public void AppendFormatted(long number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
