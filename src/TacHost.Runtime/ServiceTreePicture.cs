using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace TacHost;

/// <summary>The picture of <c>tachost tree FILE --svg</c>: a box for each service, in light or dark colors as the viewer prefers.</summary>
/// <remarks>The picture refers to nothing outside itself, and its text can be selected and searched.</remarks>
internal static class ServiceTreePicture
{
    private const int Margin = 16, Indent = 28, Gap = 10, LineHeight = 18, Padding = 10, CharacterWidth = 8, Round = 6;

    private const string Style = """
        text { font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #1b1f24; white-space: pre }
        .name { font-weight: bold }
        .more { fill: #57606a }
        .paper { fill: #ffffff }
        .box { fill: #f6f8fa; stroke: #8c959f }
        .line { fill: none; stroke: #8c959f }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 }
          .more { fill: #9198a1 }
          .paper { fill: #0d1117 }
          .box { fill: #161b22; stroke: #6e7681 }
          .line { stroke: #6e7681 }
        }
        """;

    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    public static string Make(ServiceNode root)
    {
        List<XElement> boxes = [];
        var (width, height) = (0, Margin);
        Add(root, 0);
        XElement picture = new(
            _svg + "svg",
            new XAttribute("viewBox", Invariant($"0 0 {width + Margin} {height + Margin - Gap}")),
            new XAttribute("width", width + Margin),
            new XAttribute("height", height + Margin - Gap),
            new XAttribute("role", "img"),
            new XElement(_svg + "title", Escape($"The services of {root.Name}")),
            new XElement(_svg + "style", Style),
            new XElement(_svg + "rect", new XAttribute("class", "paper"), new XAttribute("width", "100%"), new XAttribute("height", "100%")),
            boxes);

        // White space between parts of a text would be drawn.
        return picture.ToString(SaveOptions.DisableFormatting) + "\n";

        // Returns the middle of the box.
        int Add(ServiceNode node, int depth)
        {
            string[] lines = [.. node.Needs.Select(need => $"{ServiceNeedText.Of(need.Kind)} {need.Name}").Select(Escape)];
            var (name, type) = (Escape(node.Name), Escape(node.Type));
            var (left, top) = (Margin + (depth * Indent), height);
            var boxWidth = (Padding * 2) + (CharacterWidth * Math.Max(name.Length + type.Length + 2, lines.Select(line => line.Length).DefaultIfEmpty().Max()));
            var boxHeight = (Padding * 2) + (LineHeight * (lines.Length + 1)) - (LineHeight - 13);
            (width, height) = (Math.Max(width, left + boxWidth), height + boxHeight + Gap);
            boxes.Add(new XElement(
                _svg + "g",
                new XElement(_svg + "rect", new XAttribute("class", "box"), new XAttribute("x", left), new XAttribute("y", top), new XAttribute("width", boxWidth), new XAttribute("height", boxHeight), new XAttribute("rx", Round)),
                Text(left + Padding, top + Padding + 11, new XElement(_svg + "tspan", new XAttribute("class", "name"), name), new XElement(_svg + "tspan", new XAttribute("class", "more"), $"  {type}")),
                lines.Select((line, index) => Text(left + Padding, top + Padding + 11 + (LineHeight * (index + 1)), line))));
            foreach (var child in node.Children)
            {
                var middle = Add(child, depth + 1);
                boxes.Add(new XElement(_svg + "path", new XAttribute("class", "line"), new XAttribute("d", Invariant($"M {left + (Indent / 2)} {top + boxHeight} V {middle} H {left + Indent}"))));
            }

            return top + (boxHeight / 2);
        }
    }

    private static XElement Text(int x, int y, params object[] content) => new(_svg + "text", new XAttribute("x", x), new XAttribute("y", y), content);

    /// <summary>Returns a text without characters that XML does not allow.</summary>
    private static string Escape(string text) => string.Concat(CommandLine.SingleLine.Escape(text).EnumerateRunes().Where(rune => rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
