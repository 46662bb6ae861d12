using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using TacHost.Services;

namespace TacHost.Telnet.Compiler;

/// <summary>The compiler, in memory from the first line that is entered until the last session that entered one has ended.</summary>
internal sealed class SharedCompiler(int longestOutput, TimeSpan compileLimit)
{
    private const string Prompt = "TacHost.Telnet.Prompt.dll";
    private const int MostCollections = 10;
    private static readonly TimeSpan _betweenCollections = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private CompilerContext? _context;
    private int _users;

    /// <summary>The context that was made last, as long as anything keeps it in memory.</summary>
    public WeakReference<AssemblyLoadContext>? Last { get; private set; }

    /// <summary>The way for one session to have its lines compiled. To be disposed of.</summary>
    /// <exception cref="FileNotFoundException">There is no compiler beside the host.</exception>
    public CompilerSession Open(Application? application)
    {
        lock (_gate)
        {
            if (_context is null)
            {
                _context = new CompilerContext();
                Last = new WeakReference<AssemblyLoadContext>(_context);
            }

            _users++;
            try
            {
                return Make(_context, application);
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CompilerSession Make(CompilerContext context, Application? application)
    {
        using var resource = typeof(SharedCompiler).Assembly.GetManifestResourceStream(Prompt)!;
        var image = new byte[resource.Length];
        resource.ReadExactly(image);
        var assembly = context.Assemblies.FirstOrDefault(each => each.GetName().Name == Path.GetFileNameWithoutExtension(Prompt)) ?? context.LoadFromStream(new MemoryStream(image));
        var libraries = AssemblyLoadContext.GetLoadContext((application?.GetType() ?? typeof(SharedCompiler)).Assembly) is { IsCollectible: true } isolated ? isolated : AssemblyLoadContext.GetLoadContext(typeof(SharedCompiler).Assembly)!;
        var evaluator = assembly.GetType("TacHost.Telnet.Prompt.Evaluator", throwOnError: true)!
            .GetConstructors().Single().Invoke(BindingFlags.DoNotWrapExceptions, null, [application, libraries, image, longestOutput, compileLimit], null);
        return new CompilerSession(
            evaluator.GetType().GetMethod("EvaluateAsync")!.CreateDelegate<Func<string, TimeSpan, Action, CancellationToken, Task<string>>>(evaluator),
            evaluator.GetType().GetMethod("CompleteAsync")!.CreateDelegate<Func<string, Action, CancellationToken, Task<string[]>>>(evaluator),
            Close);
    }

    private void Close()
    {
        lock (_gate)
        {
            if (--_users > 0)
                return;
            _context!.Unload();
            _context = null;
            _ = LetGoAsync(Last!);
        }
    }

    /// <summary>A process that idles may not collect garbage for hours, and the compiler is a good part of its memory. What still holds it now is the end of the session.</summary>
    private static async Task LetGoAsync(WeakReference<AssemblyLoadContext> context)
    {
        for (var i = 0; i < MostCollections && IsAlive(context); i++)
        {
            await Task.Delay(_betweenCollections);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsAlive(WeakReference<AssemblyLoadContext> context) => context.TryGetTarget(out _);

    /// <summary>Brings the compiler from beside the host, apart from everything else.</summary>
    private sealed class CompilerContext() : AssemblyLoadContext("compiler", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (!assemblyName.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
                return null;

            // The host has no compiler. Around it lies the command, which has one beside it, or in compiler/ if the command is native code.
            var path = ((string[])[".", "..", "../compiler"])
                .Select(directory => Path.GetFullPath(Path.Combine(directory, assemblyName.Name + ".dll"), AppContext.BaseDirectory))
                .FirstOrDefault(File.Exists, Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"));
            return File.Exists(path) ? LoadFromAssemblyPath(path) : throw new FileNotFoundException($"There is no compiler to be had: '{path}' is not there. In a jail it is out of reach.", path);
        }
    }
}
