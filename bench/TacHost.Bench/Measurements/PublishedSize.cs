using TacHost.Bench.Report;

namespace TacHost.Bench.Measurements;

/// <summary>What the published host takes on a disk, and whose it is.</summary>
internal sealed record PublishedSize() : Measurement("size", IsChecked: true)
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        var files = new DirectoryInfo(Path.GetDirectoryName(bench.Peers.TachostProgram)!).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        double Sum(Func<string, bool> isMeant) => files.Where(file => isMeant(file.Name)).Sum(file => file.Length) / 1e6;

        // The command, if it is native code, holds a compiler, too.
        static bool IsCompiler(string name) => name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal);
        static bool IsOwn(string name) => name.StartsWith("TacHost", StringComparison.OrdinalIgnoreCase) || name.StartsWith("FastPoetry", StringComparison.Ordinal);
        yield return new Row("size of the published host", "MB",
        [
            new Series("all", [Sum(_ => true)]),
            new Series("the C# compiler", [Sum(IsCompiler)]),
            new Series("its own", [Sum(IsOwn)]),
            new Series("other libraries", [Sum(name => !IsCompiler(name) && !IsOwn(name))]),
        ]);
    }
}
