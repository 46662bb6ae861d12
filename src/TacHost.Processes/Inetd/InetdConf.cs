using System.Text;

namespace TacHost.Processes.Inetd;

/// <summary>A parser for inetd.conf(5).</summary>
/// <remarks>
/// A line for each service: <c>[host:]service type protocol wait|nowait[.max] user[:group] program argument-0 …</c>. Fields are separated by blanks or tabs, and may be
/// quoted. A line that begins with a blank continues the previous line. <c>#</c> at the beginning of a line or field begins a comment, in any encoding. <c>host:</c> alone is
/// the host of the lines that follow. A program without a slash is looked for in PATH. FreeBSD's <c>nowait/MAX/PER-MINUTE-AND-ADDRESS/PER-ADDRESS</c> is read too. <c>tcp</c> and <c>udp</c> mean IPv4, as they always have there, unless the host is an address of IPv6.
/// </remarks>
public static class InetdConf
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="skip">Is called for each line that cannot be served, with the file, the line and the reason. Defaults to null: such a line is an error.</param>
    /// <exception cref="FormatException">A line cannot be served, and <paramref name="skip"/> is null. The message has the file, the line and the part that is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read the file.</exception>
    public static IReadOnlyList<InetdService> Read(string path, Action<string>? skip = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllText(path), path, skip);
    }

    /// <summary>Parses the text of a file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="skip">Is called for each line that cannot be served, with the file, the line and the reason. Defaults to null: such a line is an error.</param>
    /// <exception cref="FormatException">A line cannot be served, and <paramref name="skip"/> is null. The message has the file, the line and the part that is wrong.</exception>
    public static IReadOnlyList<InetdService> Parse(string text, string name = "inetd.conf", Action<string>? skip = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<InetdService> services = [];
        var host = InetdAddress.AllInterfaces;
        foreach (var (number, line) in Lines(text))
        {
            var origin = $"{name}:{number}";
            try
            {
                var fields = InetdConfLine.Fields(line);
                if (fields is [[.., ':'] alone])
                    host = InetdAddress.Split(alone).Host!;
                else if (fields.Count > 0)
                    services.Add(InetdConfLine.Read(fields, host) with { Origin = origin });
            }
            catch (FormatException e) when (skip is not null)
            {
                skip($"{origin}: {e.Message}");
            }
            catch (FormatException e)
            {
                throw new FormatException($"{origin}: {e.Message}", e);
            }
        }

        return services;
    }

    /// <summary>Returns the logical lines, each joined with its continuation lines, and the number of its first line.</summary>
    private static IEnumerable<(int Number, string Line)> Lines(string text)
    {
        (int Number, StringBuilder Text)? current = null;
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.StartsWith('#'))
                continue;
            if (line is [' ' or '\t', ..] && current is { } begun)
            {
                begun.Text.Append(line);
                continue;
            }

            if (current is { } whole)
                yield return (whole.Number, whole.Text.ToString());
            current = line.Length == 0 ? null : (number, new StringBuilder(line));
        }

        if (current is { } last)
            yield return (last.Number, last.Text.ToString());
    }
}
