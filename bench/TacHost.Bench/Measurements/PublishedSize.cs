using TacHost.Bench.Report;

namespace TacHost.Bench.Measurements;

/// <summary>The size of the published program on a disk, and its parts.</summary>
internal sealed record PublishedSize() : Measurement("size", IsChecked: true)
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        var root = Path.GetDirectoryName(bench.Peers.TachostProgram)!;
        var host = Path.Combine(root, "host") + "/";
        var files = new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        double Sum(Predicate<FileInfo> isMeant) => files.Where(file => isMeant(file)).Sum(file => file.Length) / 1e6;

        bool IsOfHost(FileInfo file) => file.FullName.StartsWith(host, StringComparison.Ordinal);
        static bool IsOwn(FileInfo file) => file.Name.StartsWith("TacHost", StringComparison.OrdinalIgnoreCase) || file.Name.StartsWith("FastPoetry", StringComparison.Ordinal);
        yield return new Row("size of the published program", "MB",
        [
            new Series("all", [Sum(_ => true)]),
            new Series("the command, with the compiler and NuGet", [Sum(file => !IsOfHost(file))]),
            new Series("the host: its own", [Sum(file => IsOfHost(file) && IsOwn(file))]),
            new Series("the host: other libraries", [Sum(file => IsOfHost(file) && !IsOwn(file))]),
        ]);
    }
}
