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

/// <summary>An evaluator for the lines of one session. Each line can use the declarations of earlier lines.</summary>
/// <remarks>
/// The server uses only its two methods, because it loads this assembly into another
/// context. Their signatures contain only types that are identical in both contexts.
/// </remarks>
public sealed class Evaluator
{
    private static readonly string[] _imports =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net", "System.Net.Http", "System.Text", "System.Threading", "System.Threading.Tasks",
        "Microsoft.Extensions.Logging", "TacHost.Services", "TacHost.Services.Networking", "TacHost.Services.Supervision",
    ];

    private readonly PromptGlobals _globals;
    private readonly int _longestOutput;
    private readonly TimeSpan _compileLimit;
    private readonly AssemblyLoadContext _context;
    private readonly CSharpParseOptions _parsing = new(LanguageVersion.CSharp14, kind: SourceCodeKind.Script);
    private readonly CSharpCompilationOptions _options = new(OutputKind.DynamicallyLinkedLibrary, usings: _imports, optimizationLevel: OptimizationLevel.Release, concurrentBuild: false, metadataReferenceResolver: NoDirectives.Instance);
    private readonly List<MetadataReference> _references;

    /// <summary>Keeps the assemblies alive whose memory <see cref="_references"/> refer to.</summary>
    private readonly List<Assembly> _referenced = [];
    private CSharpCompilation? _last;
    private object?[] _states;
    private int _count;

    /// <summary>The serial number of the next compilation. An abandoned line and the next line have the same index, but must have different names.</summary>
    private int _serial;

    /// <param name="application">The value of <c>application</c> in lines.</param>
    /// <param name="libraries">The load context of the application's code, whose assemblies lines can use.</param>
    /// <param name="image">The assembly of this class as a reference for the compiler.</param>
    /// <param name="longestOutput">The maximum number of characters that a line can show.</param>
    /// <param name="compileLimit">The timeout of the compiler.</param>
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
    /// <param name="limit">The timeout of the line, without compilation.</param>
    /// <param name="ended">Called when no code of the line is running any more, which may be long after the timeout.</param>
    /// <param name="cancellationToken">Cancelled when the result is no longer needed.</param>
    /// <returns>The output of the line.</returns>
    /// <exception cref="TimeoutException">The line exceeded the timeout and continues to run. The message is intended for the user of the session.</exception>
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
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The line did not end within {limit.TotalSeconds:0.###} s. It keeps running; 'cancelled' is signalled to it."), e);
        }
    }

    /// <summary>Returns the names that can complete a partial line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="ended">Called when the compiler is no longer busy with the line.</param>
    /// <param name="cancellationToken">Cancelled when the result is no longer needed.</param>
    /// <returns>The complete names.</returns>
    /// <exception cref="TimeoutException">The compiler exceeded its timeout.</exception>
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

    /// <summary>Runs a compiler call with a timeout. Some short lines keep the compiler busy for hours, and nothing can abort it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="ended">Called when the call has ended, unless its result is returned.</param>
    /// <param name="cancellationToken">Cancelled when the result is no longer needed.</param>
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
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"The compiler did not finish within {_compileLimit.TotalSeconds:0.###} s. It keeps running."), e);
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
            // The error boundary of one line: an exception is the output of the line.
            return $"{_globals.TakeOutput()}{e.GetType().FullName}: {e.Message}";
        }
        finally
        {
            ended();
        }
    }

    /// <summary>
    /// Creates the compilation of a line. Does not use CSharpScript, because that creates
    /// a load context that is never unloaded and keeps this context in memory.
    /// </summary>
    private CSharpCompilation Continue(string line) => CSharpCompilation.CreateScriptCompilation(
        $"telnet-line-{Interlocked.Increment(ref _serial)}",
        CSharpSyntaxTree.ParseText(line, _parsing),
        _references,
        _options.WithScriptClassName($"Submission#{_count}"),
        _last,
        typeof(object),
        typeof(PromptGlobals));

    /// <summary>Makes the declarations of a line available to later lines.</summary>
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

    /// <summary>Creates a reference from memory, because libraries are loaded from bytes and their files may have changed.</summary>
    private static unsafe PortableExecutableReference? Reference(Assembly assembly) =>
        assembly.TryGetRawMetadata(out var start, out var length) ? AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((IntPtr)start, length)).GetReference() : null;

    /// <summary>The load context of the lines. It resolves references to the assemblies of the application.</summary>
    private sealed class LineContext(AssemblyLoadContext libraries, AssemblyLoadContext own) : AssemblyLoadContext("telnet lines", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(Evaluator).Assembly.GetName().Name
                ? own.Assemblies.First(assembly => assembly.GetName().Name == assemblyName.Name)
                : libraries.Assemblies.Concat(Assemblies).FirstOrDefault(assembly => assembly.GetName().Name == assemblyName.Name);
    }

    /// <summary>A resolver that rejects directives, so that a line cannot refer to assemblies that are not in the process.</summary>
    private sealed class NoDirectives : MetadataReferenceResolver
    {
        public static readonly NoDirectives Instance = new();

        public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties) => [];

        public override bool Equals(object? other) => other is NoDirectives;

        public override int GetHashCode() => 0;
    }
}
