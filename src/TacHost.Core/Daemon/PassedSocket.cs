using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Daemon;

/// <summary>A socket that a process passes to its successor.</summary>
/// <param name="Tree">The index of the application, or <see cref="Metrics"/>.</param>
/// <param name="Descriptor">The descriptor in the successor.</param>
/// <param name="ServicePath">The path of the service that uses the socket.</param>
/// <param name="Name">The endpoint, such as <c>tcp:127.0.0.1:10000</c>.</param>
internal sealed record PassedSocket(int Tree, int Descriptor, string ServicePath, string Name)
{
    /// <summary>The index of the tree behind <c>--metrics</c>.</summary>
    public const int Metrics = -1;

    private const char Separator = '\0';

    public static void Write(SafeFileHandle file, IEnumerable<PassedSocket> sockets)
    {
        var fields = sockets.SelectMany(each => new[] { each.Tree.ToString(CultureInfo.InvariantCulture), each.Descriptor.ToString(CultureInfo.InvariantCulture), each.ServicePath, each.Name });
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(string.Concat(fields.Select(field => field + Separator))), 0);
    }

    public static IReadOnlyList<PassedSocket> Read(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, bytes, 0);
        return [.. Encoding.UTF8.GetString(bytes).Split(Separator).SkipLast(1).Chunk(4).Select(fields => new PassedSocket(Number(fields[0]), Number(fields[1]), fields[2], fields[3]))];
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
