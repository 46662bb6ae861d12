using TacHost.Bench;
using TacHost.Bench.Measurements;

if (args.Contains("--help"))
{
    Console.Write(BenchOptions.Usage);
    return 0;
}

var length = Length.Quick;
var only = new List<string>();
string? results = null;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--full":
            length = Length.Full;
            break;
        case "--check":
            length = Length.Check;
            break;
        case "--only" when i + 1 < args.Length:
            only.Add(args[++i]);
            break;
        case "--results" when i + 1 < args.Length:
            results = Path.GetFullPath(args[++i]);
            break;
        case "--list":
            foreach (var measurement in AllMeasurements.List)
                Console.WriteLine(measurement.Name);
            return 0;
        default:
            Console.Error.Write($"bench/run: '{args[i]}' is not understood.\n\n{BenchOptions.Usage}");
            return 64;
    }
}

var root = Environment.CurrentDirectory;
if (results is null && length != Length.Check && only.Count == 0)
    results = Path.Combine(root, "bench/results");
var options = new BenchOptions(length, only, results);
using var bench = new Bench(root, Directory.CreateTempSubdirectory("tachost-bench-").FullName, options);
return new BenchRun(bench).Run();
