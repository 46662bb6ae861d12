using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting.Hosting;
using Microsoft.CodeAnalysis.Scripting.Hosting;
using TacHost.Services;

namespace TacHost.Telnet.Prompt;

/// <summary>The lines of one session, each of which knows what those before it declared.</summary>
/// <remarks>Known to the server by its two methods alone, whose signatures have no type that would be another one there.</remarks>
public sealed class Evaluator
{
    private static readonly string[] _imports =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net", "System.Text", "System.Threading", "System.Threading.Tasks",
        "Microsoft.Extensions.Logging", "TacHost.Services", "TacHost.Services.Networking", "TacHost.Services.Supervision",
    ];

    private readonly PromptGlobals _globals;
    private readonly int _longestOutput;
    private readonly TimeSpan _compileLimit;
    private readonly AssemblyLoadContext _context;
    private readonly CSharpParseOptions _parsing = new(LanguageVersion.CSharp14, kind: SourceCodeKind.Script);
    private readonly CSharpCompilationOptions _options = new(OutputKind.DynamicallyLinkedLibrary, usings: _imports, optimizationLevel: OptimizationLevel.Release, concurrentBuild: false, metadataReferenceResolver: NoDirectives.Instance);
    private readonly List<MetadataReference> _references;

    /// <summary>What keeps the memory that <see cref="_references"/> refer to.</summary>
    private readonly List<Assembly> _referenced = [];
    private CSharpCompilation? _last;
    private object?[] _states;
    private int _count;

    /// <summary>Of all compilations: a line that is left behind and the next one have the same place, and must not have the same name.</summary>
    private int _serial;

    /// <param name="application">What lines call <c>application</c>.</param>
    /// <param name="libraries">The context of the code that the host did not bring, whose assemblies lines may name.</param>
    /// <param name="image">The assembly of this class, for the compiler.</param>
    /// <param name="longestOutput">How many characters a line may show.</param>
    /// <param name="compileLimit">How long the compiler may take.</param>
    public Evaluator(Application? application, AssemblyLoadContext libraries, byte[] image, int longestOutput, TimeSpan compileLimit)
    {
        _compileLimit = compileLimit;
        _globals = new PromptGlobals(application, longestOutput);
        _longestOutput = longestOutput;
        _states = [_globals, null];
        _context = new LineContext(libraries, AssemblyLoadContext.GetLoadContext(typeof(Evaluator).Assembly)!);
        _references = [.. References(libraries), MetadataReference.CreateFromImage(image)];
    }

    /// <summary>Compiles and runs a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="limit">How long it may run, once it is compiled.</param>
    /// <param name="ended">Called when nothing of the line runs any more, which may be long after its time.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits for it any more.</param>
    /// <returns>What it shows.</returns>
    /// <exception cref="TimeoutException">It did not end in time and goes on by itself; the message is for whoever entered it.</exception>
    public async Task<string> EvaluateAsync(string line, TimeSpan limit, Action ended, CancellationToken cancellationToken)
    {
        var (compilation, image, errors) = await CompileAsync(() => Compile(line, cancellationToken), ended, cancellationToken);
        if (errors is not null)
        {
            ended();
            return Bounded(errors);
        }

        Task<string> run;
        try
        {
            var factory = _context.LoadFromStream(new MemoryStream(image)).GetType(compilation.ScriptClass!.MetadataName, throwOnError: true)!.GetMethod("<Factory>")!;
            var states = _states;
            run = Task.Run(() => RunAsync(factory, states, limit, ended, cancellationToken), CancellationToken.None);
        }
        catch
        {
            ended();
            throw;
        }

        try
        {
            var answer = await run.WaitAsync(limit, cancellationToken);
            Keep(compilation);
            return Bounded(answer);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The line did not end within {limit.TotalSeconds:0.###} s. It goes on by itself; 'cancelled' tells it that its time is over."), e);
        }
    }

    /// <summary>The names that may stand at the end of a line that has been begun.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ended">Called when nothing is done for it any more.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits for it any more.</param>
    /// <returns>Each name as a whole.</returns>
    /// <exception cref="TimeoutException">The compiler has not come to an end.</exception>
    public async Task<string[]> CompleteAsync(string line, Action ended, CancellationToken cancellationToken)
    {
        var names = await CompileAsync(() => Completion.Of(Continue(line), line), ended, cancellationToken);
        ended();
        return names;
    }

    private (CSharpCompilation Compilation, byte[] Image, string? Errors) Compile(string line, CancellationToken cancellationToken)
    {
        using MemoryStream image = new();
        var compilation = Continue(line);
        var result = compilation.Emit(image, cancellationToken: cancellationToken);
        if (result.Success)
            return (compilation, image.ToArray(), null);
        var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(error => $"{error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}");
        return (compilation, [], string.Join('\n', errors.DefaultIfEmpty("There is nothing to do in this line.")));
    }

    /// <summary>Has the compiler do something. There are short lines with which it is busy for hours, and nothing can end it by force.</summary>
    /// <param name="call">What it does.</param>
    /// <param name="ended">Called when that has ended, unless its result is returned.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits for it any more.</param>
    private async Task<T> CompileAsync<T>(Func<T> call, Action ended, CancellationToken cancellationToken)
    {
        var compiling = DeepStack.Run(call);
        try
        {
            return await compiling.WaitAsync(_compileLimit, cancellationToken);
        }
        catch (Exception e)
        {
            _ = compiling.ContinueWith(_ => ended(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (e is TimeoutException)
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The compiler did not come to an end within {_compileLimit.TotalSeconds:0.###} s. It goes on by itself."), e);
            throw;
        }
    }

    private async Task<string> RunAsync(MethodInfo factory, object?[] states, TimeSpan limit, Action ended, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(limit);
        _globals.Begin(time.Token);
        try
        {
            var value = await (Task<object?>)factory.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [states], null)!;
            var output = _globals.TakeOutput();
            return value is null ? output : output + CSharpObjectFormatter.Instance.FormatObject(value, new PrintOptions { MaximumOutputLength = _longestOutput });
        }
        catch (Exception e)
        {
            // The boundary around one line: whatever it throws is its answer.
            return $"{_globals.TakeOutput()}{e.GetType().FullName}: {e.Message}";
        }
        finally
        {
            ended();
        }
    }

    /// <summary>Not by CSharpScript, which makes a load context of its own that never goes away, and all of this with it.</summary>
    private CSharpCompilation Continue(string line) => CSharpCompilation.CreateScriptCompilation(
        $"telnet-line-{Interlocked.Increment(ref _serial)}",
        CSharpSyntaxTree.ParseText(line, _parsing),
        _references,
        _options.WithScriptClassName($"Submission#{_count}"),
        _last,
        typeof(object),
        typeof(PromptGlobals));

    /// <summary>From now on the next line knows what this one declared.</summary>
    private void Keep(CSharpCompilation compilation)
    {
        _last = compilation;
        _count++;
        if (_states.Length < _count + 2)
            Array.Resize(ref _states, _count + 2);
    }

    private string Bounded(string text) => text.Length <= _longestOutput ? text : $"{text[.._longestOutput]}\n… cut: a line shows {_longestOutput} characters at most.";

    private List<MetadataReference> References(AssemblyLoadContext libraries)
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var paths = Directory.EnumerateFiles(framework, "System.*.dll").Where(path => !path.Contains(".Native.", StringComparison.Ordinal)).ToList();
        var names = paths.Select(path => Path.GetFileNameWithoutExtension(path)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        List<MetadataReference> references = [.. paths.Select(path => MetadataReference.CreateFromFile(path))];
        foreach (var assembly in libraries.Assemblies.Concat(AssemblyLoadContext.Default.Assemblies).Where(each => !each.IsDynamic && each.GetName().Name is { } name && !name.Contains('*') && names.Add(name)))
        {
            if (Reference(assembly) is not { } reference)
                continue;
            _referenced.Add(assembly);
            references.Add(reference);
        }

        return references;
    }

    /// <summary>Out of memory: libraries are loaded from bytes, and their files may be others by now.</summary>
    private static unsafe PortableExecutableReference? Reference(Assembly assembly) =>
        assembly.TryGetRawMetadata(out var start, out var length) ? AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((IntPtr)start, length)).GetReference() : null;

    /// <summary>Where lines are loaded: what they refer to is what the application has.</summary>
    private sealed class LineContext(AssemblyLoadContext libraries, AssemblyLoadContext own) : AssemblyLoadContext("telnet lines", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(Evaluator).Assembly.GetName().Name
                ? own.Assemblies.First(assembly => assembly.GetName().Name == assemblyName.Name)
                : libraries.Assemblies.Concat(Assemblies).FirstOrDefault(assembly => assembly.GetName().Name == assemblyName.Name);
    }

    /// <summary>A line refers to nothing that is not in the process yet.</summary>
    private sealed class NoDirectives : MetadataReferenceResolver
    {
        public static readonly NoDirectives Instance = new();

        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) => [];

        public override bool Equals(object? other) => other is NoDirectives;

        public override int GetHashCode() => 0;
    }
}
