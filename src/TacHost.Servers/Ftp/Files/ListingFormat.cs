using System.Globalization;
using System.Text;
using TacHost.Interop;

namespace TacHost.Servers.Ftp.Files;

/// <summary>Lines about files: for people and old programs (LIST), and for programs (MLSD, RFC 3659 section 7). Times are UTC.</summary>
internal static class ListingFormat
{
    /// <summary>The facts there are (RFC 3659 section 7.5).</summary>
    public static readonly string[] AllFacts = ["type", "size", "modify", "perm", "unique"];

    private static readonly TimeSpan _recent = TimeSpan.FromDays(180);

    /// <summary>As <c>ls -l</c> writes it, which is what programs expect that read it. Owners are nobody's business.</summary>
    public static string Long(DirectoryEntry entry, DateTimeOffset now)
    {
        var (name, status) = entry;
        var age = now - status.Modified;
        var time = status.Modified.ToString(age < _recent && age > -TimeSpan.FromDays(1) ? "MMM dd HH:mm" : "MMM dd  yyyy", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{Permissions(status)} {status.Links,3} ftp      ftp      {status.Size,12} {time} {name}");
    }

    /// <summary>The facts, and the name behind them.</summary>
    /// <param name="name">The name, as it is to be written.</param>
    /// <param name="status">What it stands for.</param>
    /// <param name="type">The type, if it is not simply that of the file: <c>cdir</c> or <c>pdir</c>.</param>
    /// <param name="wanted">Which facts to tell.</param>
    /// <param name="mayWrite">Whether the client may change anything.</param>
    public static string Facts(string name, FileStatus status, string? type, string[] wanted, bool mayWrite)
    {
        StringBuilder facts = new();
        foreach (var fact in wanted)
        {
            if (Value(fact, status, type, mayWrite) is { } value)
                facts.Append(CultureInfo.InvariantCulture, $"{fact}={value};");
        }

        return facts.Append(' ').Append(name).ToString();
    }

    /// <summary>A time as RFC 3659 section 2.3 has it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    public static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text.Split('.')[0], "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time) && time >= DateTimeOffset.UnixEpoch;

    private static string? Value(string fact, in FileStatus status, string? type, bool mayWrite) => fact switch
    {
        "type" => type ?? (status.IsDirectory ? "dir" : status.IsRegularFile ? "file" : "OS.unix=other"),
        "size" => status.IsDirectory ? null : status.Size.ToString(CultureInfo.InvariantCulture),
        "modify" => Time(status.Modified),
        "perm" => status.IsDirectory ? mayWrite ? "elcmpdf" : "el" : mayWrite ? "rwadf" : "r",
        _ => string.Create(CultureInfo.InvariantCulture, $"{status.DeviceMajor:x}.{status.DeviceMinor:x}.{status.Inode:x}"),
    };

    private static string Permissions(in FileStatus status)
    {
        Span<char> text = stackalloc char[10];
        text[0] = status.IsDirectory ? 'd' : '-';
        for (var bit = 0; bit < 9; bit++)
            text[bit + 1] = (status.Mode & (0x100 >> bit)) == 0 ? '-' : "rwx"[bit % 3];
        return text.ToString();
    }
}
